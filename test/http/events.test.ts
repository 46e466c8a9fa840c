/** Event streams over a real socket: what a client gets, what a slow one costs, and how all of them end. */
import { getEventListeners, once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { EventStreams } from "../../src/http/event-stream.ts";
import { type OnAir, openOnAir } from "./on-air.ts";
import { collect, open } from "./raw-client.ts";

let onAir: OnAir;
let port: number;
let base: string;
beforeEach(async () => {
  onAir = await openOnAir();
  port = await onAir.listen();
  base = `http://127.0.0.1:${port}`;
});
afterEach(() => onAir.close());

const wps = "/api/v1/wifi/wps";

interface Event {
  readonly name: string;
  readonly data: unknown;
}

/** The events of a stream as they come; ends when the server ends it. */
async function* events(path: string): AsyncGenerator<Event> {
  const response = await fetch(base + path);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(response.headers.get("cache-control")).toBe("no-store");
  let rest = "";
  if (response.body === null) throw new Error("no body");
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (name !== undefined && data !== undefined) yield { name, data: JSON.parse(data) };
    }
  }
}

test("the session's stream tells the state at once and each phase after it", async () => {
  const phases: unknown[] = [];
  for await (const { name, data } of events(`${wps}/events`)) {
    expect(name).toBe("session");
    const session = data as { active: boolean; phase: string | null; result: string | null };
    if (session.phase !== phases.at(-1)) phases.push(session.phase);
    if (phases.length === 1 && session.phase === null) {
      await fetch(base + wps, { method: "POST" });
      await fetch(`${base}/demo/access-points/020000000001/button`, { method: "POST" });
    }
    if (session.result !== null) break;
  }
  expect(phases).toEqual(expect.arrayContaining([null, "searching", "connecting", "ended"]));
});

test("the air's stream shows the messages of a run in their order", async () => {
  const stream = events("/demo/events");
  const first = stream.next();
  await fetch(base + wps, { method: "POST" });
  await fetch(`${base}/demo/access-points/020000000001/button`, { method: "POST" });
  const seen: (string | null)[] = [];
  for (let next = await first; next.done !== true; next = await stream.next()) {
    const { kind, message } = next.value.data as { kind: string; message: string | null };
    expect(next.value.name).toBe("frame");
    expect(kind).not.toBe("beacon");
    seen.push(message);
    if (message === "WSC_Done") break;
  }
  expect(seen.filter((message) => message?.startsWith("M"))).toEqual(["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8"]);
});

test("closing the server ends streams cleanly for their clients", async () => {
  const stream = events(`${wps}/events`);
  await stream.next();
  const rest = (async () => {
    for await (const _ of stream);
  })();
  await onAir.app.close();
  await expect(rest).resolves.toBeUndefined();
});

test("one client gets 16 streams, all of them 32, and who leaves makes room", async () => {
  const sockets: Socket[] = [];
  const watch = async (address: string) => {
    const socket = await open(port, address);
    sockets.push(socket);
    socket.write(`GET ${wps}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const [head] = await once(socket, "data");
    return Number(String(head).split(" ")[1]);
  };
  for (const address of ["127.0.0.2", "127.0.0.3"]) {
    for (let i = 0; i < 16; i++) expect(await watch(address)).toBe(200);
    expect(await watch(address)).toBe(429);
  }
  expect(await watch("127.0.0.4")).toBe(429);
  sockets[0]?.destroy();
  await expect.poll(() => watch("127.0.0.4"), { timeout: 10_000 }).toBe(200);
  for (const socket of sockets) socket.destroy();
});

test("a client that takes nothing costs a few events, and is told how many it missed", async () => {
  const produced = 20_000;
  let opened = () => {};
  const reading = new Promise<void>((resolve) => {
    opened = resolve;
  });
  async function* numbers() {
    for (let i = 0; i < produced; i++) {
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      yield { i, filler: "x".repeat(1_000) };
    }
    opened();
  }
  const streams = new EventStreams();
  const app = createApp(undefined, () => "openwps");
  app.get("/numbers", (_request, reply) => streams.send(reply, { name: "number", open: numbers, backlog: 10 }));
  await app.listen({ host: "127.0.0.1", port: 0 });
  const socket = await open((app.server.address() as AddressInfo).port);
  socket.pause();
  socket.write("GET /numbers HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await reading;
  const text = await collect(socket);
  const got = [...text.matchAll(/^data: \{"i":(\d+)/gm)].map(([, i]) => Number(i));
  const missed = [...text.matchAll(/^event: missed\ndata: (\d+)$/gm)].map(([, count]) => Number(count));
  expect(got.at(-1)).toBe(produced - 1);
  expect(got.length + missed.reduce((sum, count) => sum + count, 0)).toBe(produced);
  expect(missed.length).toBeGreaterThan(0);
  await app.close();
});

test("a login keeps nothing of the streams that were opened under it and are over", async () => {
  const login = { ended: new AbortController().signal };
  const streams = new EventStreams();
  const app = createApp(undefined, () => "openwps");
  app.decorateRequest("login", null);
  app.addHook("onRequest", async (request) => {
    request.login = login;
  });
  async function* one() {
    yield 1;
  }
  app.get("/one", (_request, reply) => streams.send(reply, { name: "number", open: one, backlog: 1 }));
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  for (let i = 0; i < 3; i++) expect(await (await fetch(`http://127.0.0.1:${port}/one`)).text()).toMatch(/^data: 1$/m);
  await expect.poll(() => getEventListeners(login.ended, "abort").length, { timeout: 10_000 }).toBe(0);
  await app.close();
});
