/** The pages as they are served: how much they are, who may keep them, what they may do; and their words. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AccessPointFacts } from "../../src/radio/access-point.ts";
import { findings } from "../../src/radio/hostapd/findings.ts";
import { configured, enrolled, failure, proxied, refusal, settingsRead } from "../../src/registrar/outcomes.ts";
import { HINTS, REASONS } from "../../src/station/reasons.ts";
import { ACTIONS } from "../../src/web/words/actions.ts";
import { FAULT_WORDS } from "../../src/web/words/faults.ts";
import { FINDING_WORDS } from "../../src/web/words/findings.ts";
import { OUTCOME_WORDS } from "../../src/web/words/outcomes.ts";
import type { WscError } from "../../src/wsc/errors.ts";
import { openwps } from "../cli/run.ts";
import { barriers, chromiumMissing, isTooWide, pagesFolder, timeout, Visitors } from "./browser.ts";
import { type DeviceOnAir, openDevice } from "./device.ts";

const kilobytes = 60;
const files = readdirSync(pagesFolder, { recursive: true, encoding: "utf8" }).filter((file) => file.includes("."));

test(`all pages together are under ${kilobytes} kB, compressed`, () => {
  const sizes = files.map((file) => gzipSync(readFileSync(join(pagesFolder, file)), { level: 9 }).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(kilobytes * 1000);
});

describe("the service", () => {
  let device: DeviceOnAir;
  beforeAll(async () => {
    device = await openDevice();
  });
  afterAll(() => device.close());
  const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    fetch(`${device.url}${path}`, { method, headers: { "accept-encoding": "identity", ...headers } });
  const html = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

  test("gives a page to browsers at its address, and the list of endpoints to programs", async () => {
    const page = await get("/", html);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("vary")).toMatch(/\baccept\b/);
    expect(await page.text()).toContain("<!doctype html>");
    expect(await (await get("/", { accept: "*/*" })).json()).toMatchObject({ service: "openwps" });
  });

  test("lets no page run what did not come with it, nor be framed", async () => {
    const { headers } = await get("/", html);
    const policy = headers.get("content-security-policy") ?? "";
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ])
      expect(policy.split("; ")).toContain(rule);
    expect(policy).not.toMatch(/unsafe|http|\*/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("has pages asked for each time and their parts kept forever, and says when one is still good", async () => {
    const asset = /\/pages\/assets\/[^"]+\.js/.exec(await (await get("/", html)).text())?.[0] ?? "";
    expect((await get("/", html)).headers.get("cache-control")).toBe("no-cache");
    const script = await get(asset);
    expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const again = await get(asset, { "if-none-match": script.headers.get("etag") ?? "" });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    const head = await get(asset, {}, "HEAD");
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  test("compresses them for whoever understands it", async () => {
    const plain = Buffer.from(await (await get("/pages/station.html")).arrayBuffer());
    // Asked for below fetch, which would unpack it.
    const { request } = await import("node:http");
    const zipped = await new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
      request(`${device.url}/pages/station.html`, { headers: { "accept-encoding": "gzip" } }, async (response) => {
        const pieces: Buffer[] = [];
        for await (const piece of response) pieces.push(piece as Buffer);
        resolve({ encoding: response.headers["content-encoding"], body: Buffer.concat(pieces) });
      })
        .on("error", reject)
        .end();
    });
    expect(zipped.encoding).toBe("gzip");
    expect(gunzipSync(zipped.body).equals(plain)).toBe(true);
  });

  test("gives no other file, and to no page from elsewhere", async () => {
    for (const path of ["/pages/", "/pages/../cli/main.js", "/pages/%2e%2e/cli/main.js", "/pages/station.tsx"])
      expect((await get(path)).status, path).toBe(404);
    expect((await get("/pages/station.html", { origin: "http://elsewhere.example" })).status).toBe(404);
    expect((await get("/pages/station.html", {}, "POST")).status).toBe(404);
  });
});

describe("the words of the pages", () => {
  const web = join(import.meta.dirname, "..", "..", "src", "web", "words");
  const http = join(web, "..", "..", "http");
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).toSorted();

  test("are there in each language, with the same places in them", async () => {
    const { WORDS } = await import("../../src/web/words/table.ts");
    for (const [key, texts] of Object.entries(WORDS)) {
      expect(texts, key).toHaveLength(3);
      for (const text of texts) {
        expect(text.trim(), key).not.toBe("");
        expect(places(text), key).toEqual(places(texts[0]));
      }
    }
  });

  test("tell how every run ended, by the keys of the service", () => {
    const refusals = (["noWindow", "busy", "overlap", "foreignAddress", "noGrant"] as const).map(refusal);
    const failures = (
      [
        { kind: "wrongPassword", half: 1 },
        { kind: "wrongPassword", half: 2 },
        { kind: "cutOff", awaited: "M1" },
        { kind: "refused", configError: 0 },
        { kind: "turnedAway", configError: 0 },
        { kind: "setupLocked" },
        { kind: "otherPassword" },
        { kind: "badApSettings" },
        { kind: "badAuthenticator", message: "M3" },
      ] as unknown as readonly WscError[]
    ).map((error) => failure(error));
    const given = failure({ kind: "cutOff", awaited: "WSC_Done" } as WscError, true);
    for (const { key, reason, sentence } of [
      ...refusals,
      ...failures,
      given,
      enrolled,
      proxied,
      settingsRead,
      configured,
    ])
      expect(OUTCOME_WORDS[key ?? reason ?? ""], sentence).toHaveLength(2);
  });

  test("tell every refusal that has cases, and each of its cases", () => {
    const sources = ["read-address.ts", "sta-settings-api.ts", "registrar/enrolment-outcome.ts"].map((file) =>
      readFileSync(join(http, file), "utf8"),
    );
    const keys = [...sources.join("").matchAll(/(?:refusal\(\s*|reason: )"([a-z-]+)"/g)].map(([, key = ""]) => key);
    expect(new Set(keys).size).toBeGreaterThan(15);
    const neverFromPages = ["addresses-unused"];
    for (const key of keys) if (!neverFromPages.includes(key)) expect(FAULT_WORDS[key], key).toBeDefined();
  });

  test("tell every finding that there can be without a configuration file", () => {
    const found = new Set<string>();
    const [on, wps] = [[true, false], ["configured", "disabled"] as const];
    const modes = ["open", "WEP", "WPA", "WPA-WPA2", "WPA2", "WPA2-WPA3", "WPA3", "OWE", "EAP", "WPA3-ENT"] as const;
    for (const isOn of on)
      for (const state of wps)
        for (const security of modes)
          for (const pairwiseCipher of ["CCMP", "TKIP"] as const)
            for (const registrar of ["own", "relayed"] as const)
              for (const keys of ["shared", "file"] as const) {
                const facts = { on: isOn, wps: state, security, pairwiseCipher, registrar, independent: false };
                const settings = { facts: facts as unknown as AccessPointFacts, conf: null, network: null, keys };
                for (const { key } of findings(settings)) found.add(key);
              }
    expect(Object.keys(FINDING_WORDS).toSorted()).toEqual([...found].toSorted());
  });

  test("tell every action that the registrar notes", () => {
    const page = readFileSync(join(web, "..", "..", "..", "docs", "registrar-api.md"), "utf8");
    const row = page.split("\n").find((line) => line.startsWith("| `action` |")) ?? "";
    const actions = [...row.matchAll(/`([a-z-]+)`/g)].map(([, action = ""]) => action).slice(1);
    expect(actions.length).toBeGreaterThan(12);
    expect(Object.keys(ACTIONS)).toEqual(expect.arrayContaining(actions));
  });

  test("tell every reason that the service knows, in English with its own words", () => {
    const source = readFileSync(join(web, "reasons.ts"), "utf8");
    for (const [key, { sentence, hint }] of Object.entries(REASONS)) {
      expect(source, key).toMatch(new RegExp(`^  "?${key}"?: reason\\($`, "m"));
      expect(source, key).toContain(JSON.stringify(sentence));
      expect(source, key).toContain(JSON.stringify(hint));
    }
    // After a success the page has words of its own.
    const { "switch-wps-off": _, ...hints } = HINTS;
    for (const [key, hint] of Object.entries(hints)) expect(source, key).toContain(JSON.stringify(hint));
  });
});

describe.skipIf(chromiumMissing !== null)("the demo's page", { timeout }, () => {
  let visitors: Visitors;
  let device: DeviceOnAir;
  beforeAll(async () => {
    visitors = await Visitors.arrive();
  });
  afterAll(() => visitors.goHome());
  beforeEach(async () => {
    device = await openDevice({ first: "demo" });
  });
  afterEach(async () => {
    await visitors.leave();
    await device.close();
  });
  const connect = (page: Page) => page.getByRole("button", { name: /^Connect(?: again)?$/ }).click();
  const router = (page: Page, ssid: string) => page.locator(".lane-row", { hasText: ssid });
  const press = (page: Page, ssid: string) =>
    router(page, ssid).getByRole("button", { name: "Press its WPS button" }).click();

  test.each([
    "light",
    "dark",
  ] as const)("has both ends side by side, shows the frames between them, and has no barriers when it is %s", async (colorScheme) => {
    const page = await visitors.open(device.url, { colorScheme });
    await connect(page);
    await press(page, "Home");
    await page.getByRole("status").getByText("Connected to Home").waitFor();
    await page.locator(".log").getByText("M1", { exact: true }).waitFor();
    await page.locator(".log").getByText("WSC_Done").waitFor();
    expect(await barriers(page)).toEqual([]);
    await press(page, "Home");
    await router(page, "Home").getByText("Lets one device in by button").waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await isTooWide(page)).toBe(false);
  });

  test("shows for how long a router lets somebody in, and stops it", async () => {
    const page = await visitors.open(device.url);
    await press(page, "Home");
    const home = router(page, "Home");
    await home.getByText("Lets one device in by button").waitFor();
    expect(await home.locator("time").innerText()).toMatch(/^(?:2:00|1:5\d)$/);
    await home.getByRole("button", { name: "Stop" }).click();
    await home.getByText("Nobody can come in now.").waitFor();
  });

  test("lets two minutes of walk time go by in a few seconds", async () => {
    const page = await visitors.open(device.url);
    await page.getByText("30 ×").click();
    await page.getByText("take 4 s.").waitFor();
    await connect(page);
    await page.getByText("nobody pressed its WPS button within the two minutes").waitFor();
  });

  test("has a second router for an overlap", async () => {
    const page = await visitors.open(device.url);
    await press(page, "Home");
    await press(page, "Neighbour");
    await connect(page);
    await page.getByText("Two access points had their WPS button pressed").waitFor();
  });

  test("pairs by the PIN that the device shows, and says so when a wrong one was entered", async () => {
    const page = await visitors.open(device.url);
    const start = async () => {
      await page.getByRole("button", { name: "Connect with a PIN" }).click();
      await page.getByRole("button", { name: "Show a PIN and start" }).click();
      return page.locator(".pin strong").innerText();
    };
    await start();
    await router(page, "Home").getByRole("button", { name: "Enter a wrong PIN" }).click();
    await page.getByText("The access point was given another PIN than this device has.").waitFor();
    // It would try that one again, sooner than anybody can read another off the page.
    await device.world.accessPoints[0]?.stop();
    const pin = await start();
    await router(page, "Home").getByLabel("A device’s PIN").fill(pin);
    await router(page, "Home").getByRole("button", { name: "Enter", exact: true }).click();
    await page.getByRole("status").getByText("Connected to Home").waitFor();
  });

  test("loses what the air is told to lose", async () => {
    const page = await visitors.open(device.url);
    await page.getByLabel("Frames that get lost").fill("0.6");
    await page.getByLabel("Frames that get lost: 60 %").waitFor();
    await connect(page);
    await press(page, "Home");
    await page.locator(".log li.lost-frame").first().waitFor();
  });
});

describe.skipIf(chromiumMissing !== null)("the demo", { timeout }, () => {
  test("lets one person play both ends, each on its own pages", async () => {
    const demo = openwps(["demo", "--listen", "127.0.0.1:0"]);
    const visitors = await Visitors.arrive();
    try {
      const [, url = ""] = await demo.seen(/Listening on (http:\S+)/);
      const page = await visitors.open(url);
      const address = await page.getByRole("link", { name: "The network’s own pages" }).getAttribute("href");
      const network = await visitors.open(address ?? "");
      await page.getByRole("button", { name: "Connect", exact: true }).click();
      await network.getByText("Simulated station asks to come in").waitFor();
      await network.getByRole("button", { name: "Admit" }).click();
      // To the router that heard it last.
      await page.getByRole("status").getByText("Connected to").waitFor();
      await network.getByText("Simulated station came in").waitFor();
    } finally {
      await visitors.leave();
      await visitors.goHome();
      await demo.end();
    }
  });
});
