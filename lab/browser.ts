/**
 * The browser of people who use the pages: it runs outside the guest, on the machine below (browser.mjs), and the
 * services' addresses, which are the guest's own, it reaches through this process.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Browser, BrowserContext, Page } from "playwright-core";

const run = promisify(execFile);

/** Where to ask for the browser; null where there is none, of which run.mjs has told. */
export const browserAddress = process.env["LAB_BROWSER"] ?? null;

/** Longest that a page may take to show what it is expected to show, ms: more than a pairing's two minutes. */
const patienceMs = 200_000;

/** Opens an address in a browser window of its own, with cookies of its own. */
export type Open = (url: string) => Promise<Page>;

export class LabBrowser {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<LabBrowser> {
    if (browserAddress === null) throw new Error("there is no browser for the lab");
    await run("ip", ["addr", "replace", "10.0.2.15/24", "dev", "eth0"]);
    await run("ip", ["link", "set", "eth0", "up"]);
    // It takes the emulated processor some seconds: only where it is used.
    const { chromium } = await import("playwright-core");
    // Its server answers to nobody who calls it by another name than its own machine does.
    const headers = { host: "localhost" };
    return new LabBrowser(await chromium.connect(browserAddress, { headers, exposeNetwork: "127.0.0.1" }));
  }

  /** Closes what a story has opened at its end. Fails when a page had an error. */
  async during(story: (open: Open) => Promise<void>): Promise<void> {
    const contexts: BrowserContext[] = [];
    const errors: string[] = [];
    const shown: Page[] = [];
    try {
      await story(async (url) => {
        const context = await this.#browser.newContext({ locale: "en-GB", reducedMotion: "reduce" });
        contexts.push(context);
        const page = await context.newPage();
        page.setDefaultTimeout(patienceMs);
        page.on("pageerror", ({ message }) => errors.push(message));
        await page.goto(url);
        shown.push(page);
        return page;
      });
    } catch (error) {
      // What stood there instead tells more than what was waited for.
      const texts = await Promise.all(shown.map((page) => page.locator("body").innerText()));
      const told = texts.map((text) => `a page showed: ${text.split(/\s*\n\s*/).join(" | ")}`);
      throw new Error([...told, String(error)].join("\n"), { cause: error });
    } finally {
      for (const context of contexts) await context.close();
    }
    if (errors.length > 0) throw new Error(`errors in the page: ${errors.join("; ")}`);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await run("ip", ["link", "set", "eth0", "down"]);
  }
}
