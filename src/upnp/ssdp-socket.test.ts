/** Datagrams that do not leave, on loopback: an address of ours from which there is no way to others. */
import { expect, test } from "vitest";
import { SsdpSocket } from "./ssdp-socket.ts";

test("a network that takes no datagrams is told of once, and once more when it did in between", async () => {
  const troubles: unknown[] = [];
  const socket = await SsdpSocket.open({ address: "127.0.0.1", onTrouble: (error) => troubles.push(error) });
  const [away, here] = [
    { address: "192.0.2.1", port: 9 },
    { address: "127.0.0.1", port: 9 },
  ];
  for (const to of [away, away, away, here, away, away]) socket.send(Uint8Array.of(1), to);
  await socket.close();
  expect(troubles).toHaveLength(2);
});
