/** How the server ends: whatever its clients are at, it is gone within two seconds. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OnAir, openOnAir } from "./on-air.ts";

let onAir: OnAir;
let port: number;
beforeEach(async () => {
  onAir = await openOnAir();
  port = Number(new URL(await onAir.app.listen({ host: "127.0.0.1", port: 0 })).port);
});
afterEach(() => onAir.close());

/** A client that sends these lines and then does nothing more, and reads nothing. */
async function client(...lines: readonly string[]): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
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

// Not that long, but far from the half minute after which Node gives such a client up.
const soon = { timeout: 5_000 };

test.each(cases)("a client that %s does not keep the server from its end", soon, async (_name, lines) => {
  const socket = await client(...lines);
  const answered = await fetch(`http://127.0.0.1:${port}/api/v1/wifi/wps`, { method: "POST" });
  expect(answered.status).toBe(204);
  await onAir.app.close();
  socket.destroy();
});
