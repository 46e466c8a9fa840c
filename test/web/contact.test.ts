/** What the pages show while their service is slow, silent or busy: never for long what is no longer so. In a real browser. */
import type { Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chromiumMissing, timeout, Visitors } from "./browser.ts";
import { openDevice } from "./device.ts";
import { openLine } from "./line.ts";
import { openNetwork } from "./network.ts";

describe.skipIf(chromiumMissing !== null)("the pages", { timeout }, () => {
  let visitors: Visitors;
  const opened: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    visitors = await Visitors.arrive();
  });
  afterAll(() => visitors.goHome());
  afterEach(async () => {
    for (const one of opened.splice(0).toReversed()) await one.close();
    await visitors.leave();
  });
  function closing<T extends { close(): Promise<void> }>(one: T): T {
    opened.push(one);
    return one;
  }

  /** Opens a page whose time passes as the test wants, and whose requests to a path wait until it lets them go. */
  async function held(url: string, path: string) {
    const page = await visitors.open(url);
    const waiting: Route[] = [];
    await page.clock.install();
    await page.route(`**${path}`, (route) => void waiting.push(route));
    await page.reload();
    await expect.poll(() => waiting.length).toBe(1);
    return { page, waiting };
  }

  test("hear a service that takes 15 seconds for each answer", async () => {
    const { url, station } = closing(await openDevice());
    const { page, waiting } = await held(url, "/wps/events");
    await station.startPairing({ method: "pbc" });
    const asked: number[] = [];
    for (let second = 0; second < 60; second++) {
      while (asked.length < waiting.length) asked.push(second);
      for (const [index, route] of waiting.entries())
        if (second - (asked[index] ?? second) === 15) await route.continue().catch(() => {});
      await page.clock.runFor(1_000);
    }
    await page.getByText("Looking for a router that is ready").waitFor();
    await page.getByText("No contact.").waitFor({ state: "detached" });
  });

  test("say within seconds that the line is dead, and show what happened when it is back", async () => {
    const { url, station } = closing(await openDevice());
    const line = closing(await openLine(url));
    const page = await visitors.open(line.url);
    await page.getByText("Ready to connect").waitFor();
    await page.clock.install();
    await page.reload();
    await page.getByText("Ready to connect").waitFor();
    line.die();
    await page.clock.runFor(9_000);
    await page.getByText("No contact.").waitFor();
    await station.startPairing({ method: "pbc" });
    await station.cancelPairing();
    line.revive();
    await page.clock.runFor(5_000);
    await page.getByText("The pairing was cancelled.").waitFor();
    await page.getByText("No contact.").waitFor({ state: "detached" });
  });

  test("ask a slow service for nothing twice at a time", async () => {
    const { url } = closing(await openDevice());
    const { page, waiting } = await held(url, "/api/v1/system");
    await page.getByText("Ready to connect").waitFor();
    await page.clock.runFor(20_000);
    expect(waiting).toHaveLength(1);
    for (const route of waiting) await route.continue();
    await page.getByText("Not connected").waitFor();
  });

  test("take what they are told for what it is, and do not ask for everything at each change", async () => {
    const { url, visit } = closing(await openNetwork());
    const page = await visitors.open(url);
    await page.getByText("Nobody can come in now.").waitFor();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    visit("Meter");
    await page.getByText("Meter asks to come in").waitFor();
    await drawn(page);
    expect(asked).toEqual([]);
  });

  test("are not empty while nobody answers, and there as soon as somebody does", async () => {
    const { url } = closing(await openDevice());
    const { page, waiting } = await held(url, "/api/v1/session");
    await page.clock.runFor(5_000);
    await page.getByText("No contact.").waitFor();
    for (const route of waiting) await route.continue();
    await page.getByText("Ready to connect").waitFor();
  });

  test("ask again for what was not answered", async () => {
    const { url } = closing(await openNetwork());
    const page = await visitors.open(url);
    await page.route("**/api/v1/wps/instances", (route) => route.abort(), { times: 1 });
    await page.reload();
    await page.getByText("Nobody can come in now.").waitFor();
  });

  test("do not tell of a device as new that came in long before, where the past was not answered at once", async () => {
    const { url, visit } = closing(await openNetwork());
    const page = await visitors.open(url);
    await page.getByRole("button", { name: "PBC Enrollment Start" }).click();
    await page.getByText("Home is open").waitFor();
    visit("Lamp");
    await page.getByText("Lamp came in").waitFor();
    const past = /\/activity\?/;
    await page.route(past, (route) => route.abort(), { times: 1 });
    await page.reload();
    const told = await page.waitForResponse(past);
    await told.finished();
    await page.getByText("Nobody can come in now.").waitFor();
    await drawn(page);
    expect(await page.getByText("Lamp came in").count()).toBe(0);
  });

  test("do not take an old answer for news", async () => {
    const { url, service } = closing(await openNetwork());
    const page = await visitors.open(url);
    await page.getByText("Nobody can come in now.").waitFor();
    const status = /\/instances\/\w+\/status$/;
    let isAnswered = false;
    let comesNow = () => {};
    const late = new Promise<void>((resolve) => {
      comesNow = resolve;
    });
    await page.route(
      status,
      async (route) => {
        const response = await route.fetch();
        isAnswered = true;
        await late;
        await route.fulfill({ response });
      },
      { times: 1 },
    );
    const answered = page.waitForResponse(status);
    await page.getByRole("button", { name: "Refresh" }).click();
    await expect.poll(() => isAnswered).toBe(true);
    await service.pressButton("02:00:00:00:00:01" as Parameters<typeof service.pressButton>[0]);
    await page.getByText("Home is open").waitFor();
    // The window would be asked for in a second, and hide what went wrong.
    await page.route(status, () => {});
    comesNow();
    await (await answered).finished();
    await drawn(page);
    expect(await page.getByText("Home is open").isVisible()).toBe(true);
  });

  test("count down what is left of a window in the service's own seconds", async () => {
    const { url } = closing(await openNetwork({ speed: 20 }));
    const page = await visitors.open(url);
    await page.getByRole("button", { name: "PBC Enrollment Start" }).click();
    await page.locator(".window time", { hasText: /^0:/ }).waitFor();
    await page.getByText("Nobody can come in now.").waitFor();
  });
});

/** What was heard so far has been shown. */
function drawn(page: Page): Promise<void> {
  return page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
}
