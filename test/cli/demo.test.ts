/** The demo as somebody meets it who has just cloned the project: with curl. */
import { expect, test } from "vitest";
import { openwps, type Run, run } from "./run.ts";

async function withDemo(work: (url: string, demo: Run) => Promise<void>): Promise<void> {
  const demo = openwps(["demo", "--listen", "127.0.0.1:0"]);
  try {
    const [, url = ""] = await demo.seen(/Listening on (http:\S+)/);
    await work(url, demo);
  } finally {
    await demo.end();
  }
}

/** `.wifi` of the system answer. */
async function wifi(url: string): Promise<Record<string, unknown>> {
  const { stdout } = await run("curl", "-s", `${url}/api/v1/system`);
  return JSON.parse(stdout).wifi;
}

test("the documented curl line starts a pairing, a pressed button ends it connected, and every message is shown", async () => {
  await withDemo(async (url, demo) => {
    const start = await run("curl", "-i", "-s", "-X", "POST", `${url}/api/v1/wifi/wps`);
    expect(start.stdout).toMatch(/^HTTP\/1\.1 204 No Content\r\n/);
    expect(start.stdout).toMatch(/^content-length: 0\r$/im);

    const [, pressLine = ""] = await demo.seen(/Home +curl -X POST (\S+)/);
    await run("curl", "-s", "-f", "-X", "POST", pressLine);
    await expect
      .poll(() => wifi(url), { timeout: 10_000 })
      .toMatchObject({
        ssid: "Home",
        bssid: "020000000001",
        status: "OK",
        mode: "STA",
        wps: true,
        ip: "192.168.1.100",
      });
    const { stdout } = await demo.end("SIGINT");
    const messages = [...stdout.matchAll(/(?:device|Home) +→ (?:device|Home) +(M\d|WSC_Done)$/gm)].map(
      ([, message]) => message,
    );
    expect(messages).toEqual(["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"]);
  });
});

test("what it prints has no colours when nobody looks at it", async () => {
  await withDemo(async (_url, demo) => {
    const { stdout, stderr, code } = await demo.end("SIGTERM");
    expect(stdout).not.toContain("\u001b");
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });
});

test("a port that is taken gets a sentence that says what to do", async () => {
  await withDemo(async (url) => {
    const { host } = new URL(url);
    const { code, stderr } = await openwps(["demo", "--listen", host]).ended;
    expect(code).toBe(1);
    expect(stderr).toBe(
      `openwps: Something else listens on ${host} already. Choose another port, such as --listen 127.0.0.1:0.\n`,
    );
  });
});
