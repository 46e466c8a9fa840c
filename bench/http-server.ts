/**
 * A server in a process of its own, so that its CPU time can be told from its clients': `bare` is what Node itself can
 * do, with an answer of the same size; `open` and `protected` are the device's API, without and with a password. Sends
 * its port, and its CPU time whenever it is asked.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { linuxEthernet } from "../src/http/ethernet.ts";
import type { Station } from "../src/station/station.ts";
import { openOnAir } from "../test/http/on-air.ts";

process.on("message", () => process.send?.(process.cpuUsage()));
process.send?.(await listen(process.argv[2] ?? ""));

async function listen(kind: string): Promise<number> {
  if (kind === "bare") return listenBare();
  const onAir = await openOnAir({
    system: { ethernet: linuxEthernet },
    ...(kind === "protected" ? { password: "correct horse" } : {}),
  });
  await onAir.station.startPairing({ method: "pbc" });
  void pairOnAndOn(onAir.station);
  return onAir.listen();
}

/** Beside a pairing that runs already each POST is read, checked, and answered the same: so one follows the other. */
async function pairOnAndOn(station: Station): Promise<void> {
  for await (const { active } of station.sessions({ signal: new AbortController().signal }))
    if (!active) await station.startPairing({ method: "pbc" });
}

async function listenBare(): Promise<number> {
  const { app, close } = await openOnAir({ system: { ethernet: linuxEthernet } });
  const system = (await app.inject({ url: "/api/v1/system" })).body;
  await close();
  const busy = JSON.stringify({ error: "busy", message: "x".repeat(80) });
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const posted = request.method === "POST";
      const body = posted ? busy : system;
      const headers = { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(body) };
      response.writeHead(posted ? 409 : 200, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
