/** What whoever runs the service asks it: `/metrics` and `/healthz`. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OnAir, openOnAir } from "./on-air.ts";

let onAir: OnAir;
beforeEach(async () => {
  onAir = await openOnAir({ password: "correct horse" });
});
afterEach(() => onAir.close());

const authorization = `Basic ${Buffer.from(":correct horse").toString("base64")}`;
const ask = (url: string, method: "GET" | "POST" | "DELETE" | "PATCH" = "GET") =>
  onAir.app.inject({ method, url, headers: { authorization } });

/** The samples by name and labels. Fails when a line is not as the text format has it. */
async function metrics(): Promise<ReadonlyMap<string, number>> {
  const answer = await ask("/metrics");
  expect([answer.statusCode, answer.headers["content-type"]]).toEqual([
    200,
    "text/plain; version=0.0.4; charset=utf-8",
  ]);
  expect(answer.body.endsWith("\n")).toBe(true);
  const samples = new Map<string, number>();
  for (const line of answer.body.trimEnd().split("\n")) {
    if (line === "" || /^# (?:HELP|TYPE) \w+ \S/.test(line)) continue;
    const [, name = "", value = ""] =
      /^(\w+(?:\{[^}]*\})?) (-?[\d.]+(?:e[+-]?\d+)?|N[aA][nN]|[+-]Inf)$/.exec(line) ?? [];
    if (name === "") throw new Error(`no sample: ${line}`);
    samples.set(name, Number(value));
  }
  return samples;
}

describe("/metrics", () => {
  test("counts requests by route and class of status, from the start, and addresses that are made up as one", async () => {
    await ask("/api/v1/wifi/wps");
    await ask("/api/v1/wifi/wps");
    await ask("/api/v1/wifi/wps", "DELETE");
    for (let i = 0; i < 20; i++) await ask(`/nowhere/${i}`);
    await onAir.app.inject({ url: "/api/v1/wifi/wps" });
    const samples = await metrics();
    const requests = (method: string, route: string, status: string) =>
      samples.get(`openwps_http_requests_total{method="${method}",route="${route}",status="${status}"}`);
    expect(requests("GET", "/api/v1/wifi/wps", "2xx")).toBe(2);
    expect(requests("GET", "/api/v1/wifi/wps", "4xx")).toBe(1);
    expect(requests("DELETE", "/api/v1/wifi/wps", "2xx")).toBe(1);
    expect(requests("any", "none", "4xx")).toBe(20);
    expect([...samples.keys()].filter((name) => name.includes("http_requests")).length).toBe(4);
  });

  test("tells the phase of a pairing, and how pairings ended", async () => {
    const phases = async () =>
      [...(await metrics())]
        .filter(([name, value]) => name.includes("pairing_phase") && value === 1)
        .map(([name]) => name);
    expect(await phases()).toEqual([]);
    await ask("/api/v1/wifi/wps", "POST");
    expect(await phases()).toEqual(['openwps_pairing_phase{phase="searching"}']);
    await ask("/api/v1/wifi/wps", "DELETE");
    expect(await phases()).toEqual([]);
    await ask("/api/v1/wifi/wps", "POST");
    await onAir.world.accessPoints[0]?.pressButton();
    await expect
      .poll(async () => (await metrics()).get('openwps_pairings_total{result="success"}'), { timeout: 10_000 })
      .toBe(1);
    const samples = await metrics();
    expect(samples.get('openwps_pairings_total{result="cancelled"}')).toBe(1);
    expect(samples.get('openwps_pairings_total{result="timeout"}')).toBe(0);
  });

  test("tells of the process", async () => {
    const samples = await metrics();
    expect(samples.get("process_resident_memory_bytes")).toBeGreaterThan(1e6);
    expect(samples.get("process_start_time_seconds")).toBeGreaterThan(1e9);
  });

  test("is for those who know the password", async () => {
    expect((await onAir.app.inject({ url: "/metrics" })).statusCode).toBe(401);
    expect((await onAir.app.inject({ url: "/api/openapi.json" })).statusCode).toBe(401);
  });
});

describe("/healthz", () => {
  test("needs no password and says next to nothing", async () => {
    const answer = await onAir.app.inject({ url: "/healthz" });
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: "ok" }]);
  });

  test("says that the radio is gone, and not which one it was", async () => {
    await onAir.radio.unplug();
    const answer = await onAir.app.inject({ url: "/healthz" });
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      { error: "radio-gone", message: "The service runs, but its radio does not answer. Its log says more." },
    ]);
  });
});
