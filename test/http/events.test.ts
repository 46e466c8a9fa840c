/** Event streams over a real socket: what a client gets, what a slow one costs, and how all of them end. */
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OnAir, openOnAir } from "./on-air.ts";

let onAir: OnAir;
let base: string;
beforeEach(async () => {
  onAir = await openOnAir();
  base = await onAir.app.listen({ host: "127.0.0.1", port: 0 });
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

test("the 33rd stream is refused until one has gone", async () => {
  const leaving = new AbortController();
  for (let i = 0; i < 32; i++) await fetch(`${base}${wps}/events`, { signal: leaving.signal });
  const refused = await fetch(`${base}${wps}/events`);
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ error: "too-many-streams" });
  leaving.abort();
  await expect.poll(async () => (await fetch(`${base}${wps}/events`)).status).toBe(200);
});

test("bytes that are not HTTP are answered 400 in the API's form", async () => {
  const { port } = new URL(base);
  const answer = await new Promise<string>((resolve, reject) => {
    let text = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.write("gar bage\r\n\r\n"));
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(answer).toMatch(/\{"error":"bad-request","message":"[^"]+"\}$/);
});
