/** How the server ends: whatever its clients are at, it is gone within two seconds, unless it owes one of them an answer. */
import type { Socket } from "node:net";
import { describe, test } from "vitest";
import { openOnAir, SlowDisk } from "./on-air.ts";
import { collect, open, parseAnswers } from "./raw-client.ts";

/** A server of its own for each test, so that their graces run at the same time. */
async function serve(disk = new SlowDisk()) {
  const onAir = await openOnAir({ store: disk.store });
  return { onAir, disk, port: await onAir.listen() };
}

/** A client that sends these lines and then does nothing more, and reads nothing. */
async function client(port: number, ...lines: readonly string[]): Promise<Socket> {
  const socket = await open(port);
  socket.pause();
  socket.write(lines.join("\r\n"));
  return socket;
}

const head = ["POST /api/v1/wifi/wps HTTP/1.1", "Host: localhost"];
const cases: readonly (readonly [name: string, lines: readonly string[]])[] = [
  ["has asked nothing yet", []],
  ["is in the middle of its request's head", head],
  [
    "is in the middle of its request's body",
    [...head, "Content-Type: application/json", "Content-Length: 99", "", "{"],
  ],
  ["watches a pairing, and takes nothing of it", ["GET /demo/events HTTP/1.1", "Host: localhost", "", ""]],
];

// Far from the half minute after which Node gives such a client up.
describe.concurrent("a closing server", { timeout: 10_000 }, () => {
  test.for(cases)("is not kept from its end by a client that %s", async ([, lines], { expect }) => {
    const { onAir, port } = await serve();
    const socket = await client(port, ...lines);
    const answered = await fetch(`http://127.0.0.1:${port}/api/v1/wifi/wps`, { method: "POST" });
    expect(answered.status).toBe(204);
    await onAir.app.close();
    socket.destroy();
    await onAir.close();
  });

  test("answers whoever cancels a pairing, also with a slow disk", async ({ expect }) => {
    const { onAir, disk, port } = await serve();
    await fetch(`http://127.0.0.1:${port}/api/v1/wifi/wps`, { method: "POST" });
    const { asked, spin } = disk.stall();
    const socket = await open(port);
    const [text] = [collect(socket), socket.write("DELETE /api/v1/wifi/wps HTTP/1.1\r\nHost: localhost\r\n\r\n")];
    await asked;
    const closed = onAir.app.close();
    await expect.poll(() => onAir.app.server.listening, { timeout: 10_000 }).toBe(false);
    socket.write("GET /api/v1/system HTTP/1.1\r\nHost: localhost\r\n\r\n");
    // Longer than a client is waited for to whom no answer is owed.
    setTimeout(spin, 2_500);
    const [cancelled, late, ...more] = parseAnswers(await text);
    expect([cancelled?.status, cancelled?.headers["content-length"]]).toEqual([204, "0"]);
    expect([late?.status, JSON.parse(late?.body ?? "").error]).toEqual([503, "closing"]);
    expect(more).toEqual([]);
    await closed;
    await onAir.close();
  });
});
