/**
 * How soon a person sees a page: `node scripts/run-typescript.mjs bench/pages.ts`. A browser that has never been there
 * opens the pages of the demo on loopback again and again; told are the medians until something is painted, and until
 * the button is there to press. Needs Debian's chromium.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chromium } from "playwright-core";

const rounds = 15;

const demo = spawn(process.execPath, ["bin/openwps.js", "demo", "--listen", "127.0.0.1:0"]);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
});
try {
  const url = await addressOf();
  const { port } = (await (await fetch(`${url}/demo/registrar`)).json()) as { port: number };
  for (const [name, address, button] of [
    ["device", `${url}/pages/station.html`, "button.press:enabled"],
    ["demo", `${url}/pages/demo.html`, "button.press:enabled"],
    ["network", `http://127.0.0.1:${port}/`, "button.primary:enabled"],
  ] as const) {
    const paints: number[] = [];
    const presses: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const context = await browser.newContext({ locale: "en-GB" });
      const page = await context.newPage();
      await page.goto(address);
      await page.locator(button).first().waitFor();
      // What the browser itself has noted, in ms since it was told the address.
      presses.push(await page.evaluate<number>("performance.now()"));
      paints.push(
        await page.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN"),
      );
      await context.close();
    }
    console.log(
      `${name.padEnd(8)} first paint ${median(paints).toFixed(0)} ms, button ready ${median(presses).toFixed(0)} ms`,
    );
  }
} finally {
  await browser.close();
  demo.kill();
  await once(demo, "close");
}

/** Where the demo listens. What it says after that is read, too, and nobody hears it. */
function addressOf(): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    demo.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(0, 4_000);
      const address = /Listening on (http:\S+)/.exec(text)?.[1];
      if (address !== undefined) resolve(address);
    });
    demo.once("exit", () => reject(new Error(`the demo ended: ${text}`)));
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
