/** The client against a server that we play ourselves, on loopback; time is virtual, the socket is real. */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { Secret } from "../wsc/secret.ts";
import { RadiusClient } from "./client.ts";
import { RadiusError } from "./error.ts";
import { parseRadius, type RadiusPacket } from "./packet.ts";
import { isSignedRequest, signAnswer } from "./signature.ts";

const secret = new Secret("testing123");
const hello = [{ type: 1, value: new TextEncoder().encode("hello") }];

let server: Socket;
let clock: VirtualClock;
let client: RadiusClient;
let received: { readonly request: RadiusPacket; readonly from: RemoteInfo }[];
let onRequest: () => void;

beforeEach(async () => {
  server = createSocket("udp4");
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  received = [];
  onRequest = () => {};
  server.on("message", (bytes, from) => {
    const request = parseRadius(bytes);
    if (request === null) throw new Error("no packet");
    received.push({ request, from });
    onRequest();
  });
  clock = new VirtualClock();
  client = await RadiusClient.open({ host: "127.0.0.1", port: server.address().port, secret, clock });
});

afterEach(() => {
  client.close();
  server.close();
});

const requests = (count: number) =>
  new Promise<void>((resolve) => {
    onRequest = () => {
      if (received.length >= count) resolve();
    };
    onRequest();
  });

/** Answers the request that came last. */
function answer(options: { readonly secret?: Secret; readonly identifier?: number } = {}): void {
  const last = received.at(-1);
  if (last === undefined) throw new Error("no request yet");
  const { request, from } = last;
  const packet = { code: 11, identifier: options.identifier ?? request.identifier, attributes: hello };
  server.send(signAnswer(packet, request.authenticator, options.secret ?? secret), from.port, from.address);
}

describe("a request", () => {
  test("is signed, and resolves to its answer", async () => {
    const answered = client.request(hello);
    await requests(1);
    const { request } = received[0] ?? {};
    expect(request !== undefined && isSignedRequest(request, secret)).toBe(true);
    answer();
    expect(await answered).toMatchObject({ code: 11, identifier: request?.identifier });
  });

  test("is repeated, the very same bytes, until it is answered", async () => {
    const answered = client.request(hello);
    await requests(1);
    await clock.advance(1_000);
    await requests(2);
    expect(received[1]?.request).toEqual(received[0]?.request);
    answer();
    expect(await answered).toMatchObject({ code: 11 });
  });

  test("is not answered by whoever does not know the secret, nor by the answer to another one", async () => {
    const answered = client.request(hello);
    await requests(1);
    answer({ secret: new Secret("wrong") });
    answer({ identifier: 99 });
    server.send("noise", received[0]?.from.port ?? 0, "127.0.0.1");
    answer();
    expect(await answered).toMatchObject({ code: 11, attributes: [{ type: 80 }, { type: 1 }] });
  });

  test("is given up after five sends, with a sentence", async () => {
    const answered = client.request(hello);
    answered.catch(() => {});
    await clock.advance(5_000);
    await expect(answered).rejects.toThrow(/does not answer\. Check that it runs/);
    await requests(5);
    expect(received).toHaveLength(5);
  });

  test("fails when the client is closed", async () => {
    const answered = client.request(hello);
    const spare = await RadiusClient.open({ host: "127.0.0.1", port: server.address().port, secret, clock });
    client.close();
    client = spare;
    await expect(answered).rejects.toThrow(RadiusError);
  });
});

test("256 requests may be under way, and no more", async () => {
  const all = Array.from({ length: 256 }, () => client.request(hello));
  for (const one of all) one.catch(() => {});
  await expect(client.request(hello)).rejects.toThrow(/256 requests/);
});
