/**
 * Takes pictures of every page into docs/screenshots, wide and narrow, light and dark, of the demo and of a registrar on
 * simulated air: `node scripts/ready.mjs && node scripts/screenshots.mjs`, a minute or two; needs Debian's chromium. All
 * together stay under 3 MB. Look at them. With a name behind it (`screenshots.mjs demo`) only pictures whose names begin
 * so are written.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { palettePng } from "./palette-png.mjs";

const root = join(import.meta.dirname, "..");
const folder = join(root, "docs", "screenshots");
const state = mkdtempSync(join(tmpdir(), "openwps-screenshots-"));
const [wanted = ""] = process.argv.slice(2);
const wide = { width: 1180, height: 860 };
const narrow = { width: 375, height: 760 };
const looks = [
  { look: "wide-light", viewport: wide, colorScheme: "light" },
  { look: "wide-dark", viewport: wide, colorScheme: "dark" },
  { look: "narrow-light", viewport: narrow, colorScheme: "light" },
  { look: "narrow-dark", viewport: narrow, colorScheme: "dark" },
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
  for (const one of devices) await one.page.getByRole("button", { name: "Connect with a PIN" }).click();
  await shoot(devices, "device-pin");
  for (const one of devices) await one.page.keyboard.press("Escape");
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
  await page.request.put(`${url}/api/v1/settings`, { data: { system: { protection: true, password: "a password" } } });
  for (const one of devices) {
    await one.page.reload();
    await one.page.getByLabel("Password").waitFor();
  }
  await shoot(devices, "login");
}

async function ofRegistrar(url) {
  const pages = await windows(url);
  for (const { page } of pages) await page.getByText("asks to come in").waitFor({ timeout: 30_000 });
  await shoot(pages, "wps-process-request", { fullPage: true });
  await pages[0].page.getByRole("button", { name: "Admit" }).click();
  for (const { page } of pages) {
    await page.getByText("came in", { exact: false }).waitFor();
    const instances = page.getByLabel("WPS Instance ID");
    await instances.selectOption(await instances.locator("option", { hasText: "Neighbour" }).getAttribute("value"));
    await page.getByText("Success").first().waitFor();
  }
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
    if (name.startsWith(wanted))
      writeFileSync(join(folder, `${name}-${look}.png`), palettePng(await page.screenshot(options)));
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
