/** A real browser on the real services' pages, and what no page of ours may ever do in it. For the tests beside this file. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { skipped } from "../interop/program.ts";

const executablePath = "/usr/bin/chromium";

/** Where the build has put the pages: `npm test` builds them before. */
export const pagesFolder = join(import.meta.dirname, "..", "..", "dist", "web");

/** Why these tests cannot run here; null when they can. In CI they must, so that there it throws. */
export const chromiumMissing =
  spawnSync(executablePath, ["--version"]).error === undefined
    ? null
    : skipped("chromium is not installed: apt-get install chromium");

/** Longest that a page may take to show what it is expected to show, and that a test may take, ms. */
const patienceMs = 30_000;
export const timeout = 120_000;

/** A name of this machine to these browsers, under which it is not known to be this machine. */
export const deviceName = "device.local";

/** Browsers of people who have nothing to do with each other: each has cookies of its own. */
export class Visitors {
  readonly #browser: Browser;
  #troubles: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async arrive(): Promise<Visitors> {
    const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
    const names = `--host-resolver-rules=MAP ${deviceName} 127.0.0.1`;
    // Shared memory is scarce in containers, and a browser that finds too little of it falls over.
    const frugal = ["--disable-gpu", "--in-process-gpu", "--disable-dev-shm-usage"];
    const args = ["--no-sandbox", "--disable-quic", names, ...frugal, ...quiet];
    return new Visitors(await chromium.launch({ executablePath, args }));
  }

  /** Opens an address in a browser window of its own. */
  async open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ locale: "en-GB", reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    page.on("pageerror", ({ message }) => this.#troubles.push(`an error in the page: ${message}`));
    page.on("dialog", (dialog) => this.#troubles.push(`a box of the browser's own: ${dialog.message()}`));
    page.on("console", (message) => {
      // A refusal of the service is no trouble: it is shown.
      const isRefusal = /^Failed to load resource/.test(message.text());
      if (["error", "warning"].includes(message.type()) && !isRefusal) this.#troubles.push(message.text());
    });
    page.on("request", (request) => {
      const to = new URL(request.url());
      if (to.protocol === "http:" && to.host !== new URL(url).host)
        this.#troubles.push(`a request to elsewhere: ${to.href}`);
    });
    await page.goto(url);
    return page;
  }

  /** Closes what was opened. Fails when a page did what none may do. */
  async leave(): Promise<void> {
    for (const context of this.#browser.contexts()) await context.close();
    const troubles = this.#troubles;
    this.#troubles = [];
    expect(troubles).toEqual([]);
  }

  goHome(): Promise<void> {
    return this.#browser.close();
  }
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What of a page somebody cannot use who does not see it, or sees it badly, or has no mouse; each in a line. */
export async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) =>
      id + ": " + help + " at " + target.join(" ") + " (" + failureSummary + ")")))`);
}

/**
 * The colour behind each of these things: where colours are the person's own, those of ours that tell one from another
 * are gone.
 */
export function backgrounds(page: Page, ...selectors: readonly string[]): Promise<readonly string[]> {
  return page.evaluate<string[]>(
    // Without how much of it is seen: nothing of the background's own colour is as much as all of it.
    `${JSON.stringify(selectors)}.map((one) =>
      getComputedStyle(document.querySelector(one)).backgroundColor.match(/\\d+/g).slice(0, 3).join(" "))`,
  );
}

/** Whether one has to scroll sideways. */
export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate<boolean>("document.documentElement.scrollWidth > document.documentElement.clientWidth");
}
