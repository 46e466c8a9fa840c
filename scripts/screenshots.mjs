/**
 * Takes pictures of every page into docs/screenshots: wide in light, narrow in dark, of the demo and of a registrar on
 * simulated air. `node scripts/ready.mjs && node scripts/screenshots.mjs`; needs Debian's chromium. Look at them.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const root = join(import.meta.dirname, "..");
const folder = join(root, "docs", "screenshots");
const state = mkdtempSync(join(tmpdir(), "openwps-screenshots-"));
const looks = [
  { look: "wide-light", viewport: { width: 1180, height: 860 }, colorScheme: "light" },
  { look: "narrow-dark", viewport: { width: 375, height: 760 }, colorScheme: "dark" },
];

mkdirSync(folder, { recursive: true });
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
const services = [];
try {
  await ofRegistrar(await start(["registrar", "--ap", "air", "--state", join(state, "registrar")]));
  await ofDemo(await start(["demo"]));
} finally {
  await browser.close();
  for (const service of services) {
    service.kill();
    await new Promise((resolve) => service.once("close", resolve));
  }
  rmSync(state, { recursive: true, force: true });
}

async function ofDemo(url) {
  const pages = await windows(url);
  await shoot(pages, "demo");
  const devices = await windows(`${url}/pages/station.html`);
  for (const { page } of devices) await page.getByText("Neighbour").waitFor();
  await shoot(devices, "device-ready");
  const [{ page }] = devices;
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  for (const one of devices) await one.page.getByText("Looking for a router").waitFor();
  await shoot(devices, "device-pairing");
  await pages[0].page.getByRole("button", { name: "Press its WPS button" }).first().click();
  // While frames fly, which is over soon.
  await pages[0].page.getByText("M4").first().waitFor();
  await shoot(pages, "demo-pairing");
  for (const one of devices) {
    await one.page.getByRole("status").getByText("Connected to Home").waitFor();
    await one.page.getByText("Wi-Fi settings").click();
  }
  await shoot(devices, "device-connected", { fullPage: true });
}

async function ofRegistrar(url) {
  const pages = await windows(url);
  for (const { page } of pages) await page.getByText("asks to come in").waitFor({ timeout: 30_000 });
  await shoot(pages, "wps-process-request", { fullPage: true });
  await pages[0].page.getByRole("button", { name: "Admit" }).click();
  for (const { page } of pages) await page.getByText("came in", { exact: false }).waitFor();
  await shoot(pages, "wps-process-success", { fullPage: true });
  for (const [name, tab] of [
    ["wps-setup", "setup"],
    ["devices", "devices"],
    ["activity", "activity"],
    ["access-points", "access-points"],
  ]) {
    for (const { page } of pages) {
      await page.goto(`${url}/#/${tab}`);
      await page.locator("main .card").first().waitFor();
      if (tab === "activity") await page.locator(".row[aria-expanded]").first().click();
    }
    await shoot(pages, name, { fullPage: true });
  }
}

/** The page in each of the looks. */
function windows(url) {
  return Promise.all(
    looks.map(async ({ look, ...options }) => {
      const context = await browser.newContext({ locale: "en-GB", ...options });
      const page = await context.newPage();
      await page.goto(url);
      await page.locator("main").waitFor();
      return { look, page };
    }),
  );
}

async function shoot(pages, name, options = {}) {
  for (const { look, page } of pages) {
    await page.mouse.move(0, 0);
    await page.evaluate("scrollTo(0, 0)");
    // Until what fades has faded.
    await page.waitForTimeout(250);
    await page.screenshot({ path: join(folder, `${name}-${look}.png`), ...options });
  }
}

/** Starts a service on a free port, and gives its address. */
function start(command) {
  const service = spawn(process.execPath, [join(root, "bin", "openwps.js"), ...command, "--listen", "127.0.0.1:0"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  services.push(service);
  return new Promise((resolve, reject) => {
    let text = "";
    const read = (chunk) => {
      text += chunk;
      const address = /listening on (http:[^\s"]+)/i.exec(text)?.[1];
      if (address !== undefined) resolve(address);
    };
    service.stdout.on("data", read);
    service.stderr.on("data", read);
    service.on("exit", () => reject(new Error(`openwps ${command.join(" ")} ended:\n${text}`)));
  });
}
