/** The registrar's pages in a real browser, in front of a real service on simulated air. */
import { readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { decodeCapture } from "../../src/capture/decoder.ts";
import { readPassword } from "../../src/settings/settings.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { backgrounds, barriers, chromiumMissing, isTooWide, timeout, Visitors } from "./browser.ts";
import { type Network, openNetwork } from "./network.ts";

describe.skipIf(chromiumMissing !== null)("the registrar's pages", { timeout }, () => {
  let visitors: Visitors;
  let network: Network | null = null;
  beforeAll(async () => {
    visitors = await Visitors.arrive();
  });
  afterAll(() => visitors.goHome());
  afterEach(async () => {
    await network?.close();
    network = null;
    await visitors.leave();
  });
  async function open(...options: Parameters<typeof openNetwork>): Promise<Network> {
    network = await openNetwork(...options);
    return network;
  }

  test.each([
    "en-GB",
    "de-DE",
    "fr-FR",
  ])("have the names that access points' own pages have, in %s too", async (locale) => {
    const { url } = await open();
    const page = await visitors.open(url, { locale });
    await page.getByText("Instance Status").waitFor();
    const names = () => page.locator("main :is(dt, label, legend, .label, h2, h3):not(.choice label)").allInnerTexts();
    expect(await names()).toEqual([
      "WPS Process",
      "WPS Instance ID",
      "PIN Enrollment",
      "PBC Enrollment",
      "Instance Status",
      "WPS Status",
      "WPS Configuration State",
      "Transaction Status",
      "WPS Operational Status",
      "AP Lockdown Status",
      "Failed Attempts with Invalid PIN",
      "Instance summary",
      "WPS Radio",
      "WPS VAP",
      "SSID",
      "Security",
      "Shared Key",
    ]);
    expect((await page.locator("main dd").allInnerTexts()).slice(0, 6)).toEqual([
      "Enabled",
      "Configured",
      "None",
      "Ready",
      "Unlocked",
      "0",
    ]);
    await page.getByRole("link", { name: "WPS Setup" }).click();
    await page.getByText("Supported WPS Version").waitFor();
    expect((await names()).filter((name) => /^(?:WPS|AP|Supported|Failed)/.test(name))).toEqual([
      "WPS Setup",
      "Supported WPS Version",
      "WPS Device Name",
      "WPS Global Operational Status",
      "WPS Device PIN",
      "WPS Instance",
      "WPS Instance ID",
      "WPS Radio",
      "WPS VAP",
      "WPS Mode",
      "WPS Built-in Registrar",
      "WPS Configuration State",
      "AP Lockdown Status",
      "AP Lockdown Duration",
      "AP Lockdown Timestamp",
      "Failed Attempts with Invalid PIN",
    ]);
  });

  test("let a device in by button, show it live in two browsers, and stop", async () => {
    const { url, visit } = await open();
    const [one, other] = [await visitors.open(url), await visitors.open(url)];
    await one.getByRole("button", { name: "PBC Enrollment Start" }).click();
    await other.getByText("Home is open for one device with its button pressed").waitFor();
    await other.getByRole("button", { name: "Stop" }).click();
    await one.getByText("Nobody can come in now.").waitFor();
    await one.getByRole("button", { name: "PBC Enrollment Start" }).click();
    await one.getByText("Home is open").waitFor();
    visit("Lamp");
    for (const page of [one, other]) {
      await page.getByText("Lamp came in").waitFor();
      await page.locator("dd", { hasText: "Success" }).waitFor();
      await page.getByText("Nobody can come in now.").waitFor();
    }
  });

  test("show who asks to come in, admit it alone, and send away what was not meant", async () => {
    const { url, visit, service } = await open({ keys: "per-device" });
    const page = await visitors.open(url);
    visit("Meter");
    await page.getByText("Meter asks to come in").waitFor();
    await page.getByRole("button", { name: "Admit" }).click();
    await page.getByText("Meter came in").waitFor();
    expect(service.devices.size).toBe(1);
    await page.getByRole("button", { name: "That was not mine" }).click();
    await page.getByText("Meter was sent away, and its key is void.").waitFor();
    expect(service.devices.size).toBe(0);
  });

  test("take a PIN with spaces and dashes, tell a wrong check digit, and stop at the word", async () => {
    const { url, visit } = await open();
    const page = await visitors.open(url);
    const field = page.getByRole("textbox", { name: "PIN Enrollment" });
    await field.fill("1234 5671");
    await page.getByText("Check digit wrong").waitFor();
    await field.fill("0000-0000");
    await field.press("Enter");
    await page.getByText("Home is open for the device with this PIN").waitFor();
    await field.fill("stop");
    await field.press("Enter");
    await page.getByText("Nobody can come in now.").waitFor();
    await field.fill("1234 5670");
    await field.press("Enter");
    await page.getByText("Home is open for the device with this PIN").waitFor();
    visit("Printer", { type: "pin", pin: new Secret("12345670") });
    await page.getByText("Printer came in").waitFor();
  });

  test("show the lock after wrong device PINs, and open it", async () => {
    const { url, guess } = await open();
    const page = await visitors.open(`${url}/#/setup`);
    const other = await visitors.open(`${url}/#/setup`);
    await other.getByText("Supported WPS Version").waitFor();
    await page.getByRole("button", { name: "Generate" }).click();
    for (const one of [page, other]) await one.locator("output", { hasText: /^\d{4} \d{4}$/ }).waitFor();
    for (let i = 0; i < 3; i++) await guess();
    await page.locator("dd", { hasText: /^Locked$/ }).waitFor();
    await page.locator("dd", { hasText: /^[1-6]?\d s$/ }).waitFor();
    await page.getByRole("button", { name: "Unlock" }).click();
    await page.locator("dd", { hasText: /^Unlocked$/ }).waitFor();
    await page.getByRole("link", { name: "Activity" }).click();
    await page.getByText("Locked after wrong PINs").waitFor();
  });

  test("show the shared key to whoever asks, and note that somebody did", async () => {
    const { url } = await open();
    const page = await visitors.open(url);
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("correct horse battery").waitFor();
    await page.getByRole("link", { name: "Activity" }).click();
    await page.getByText("Somebody looked at the shared key").waitFor();
  });

  test("list devices: found by part of a name or address, named by a person, and revoked after a question", async () => {
    const { url, visit, service } = await open({ keys: "per-device" });
    const page = await visitors.open(`${url}/#/devices`);
    await page.getByText("Nobody has come in yet.").waitFor();
    await service.pressButton("02:00:00:00:00:01" as Parameters<typeof service.pressButton>[0]);
    visit("Lamp");
    await page.getByText("Lamp", { exact: true }).waitFor();
    await page.getByLabel("Search").fill("01:01");
    await page.getByText("Lamp", { exact: true }).waitFor();
    await page.getByLabel("Search").fill("meter");
    await page.getByText("None fits.").waitFor();
    await page.getByLabel("Search").fill("");
    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Kitchen");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Kitchen").waitFor();
    await page.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("dialog").getByText("Its key becomes void at once").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByText("Kitchen was sent away").waitFor();
    expect(service.devices.size).toBe(0);
  });

  test("show a run as a ladder, and give it as a capture that the decoder reads", async () => {
    const { url, visit } = await open();
    const page = await visitors.open(url);
    await page.getByRole("button", { name: "PBC Enrollment Start" }).click();
    visit("Lamp");
    await page.getByText("Lamp came in").waitFor();
    await page.getByRole("link", { name: "Activity" }).click();
    await page.getByRole("button", { name: /Lamp/ }).click();
    const messages = await page.locator(".ladder .message").allInnerTexts();
    expect(messages).toEqual(["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"]);
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download for Wireshark" }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toMatch(/^openwps-020000000101-\d+\.pcap$/);
    const decoded: string[] = [];
    for await (const item of decodeCapture([await readFile(await download.path())]))
      if (item.type === "message") decoded.push(item.message);
    expect(decoded).toEqual(messages);
  });

  test("say what in an access point's settings speaks against WPS", async () => {
    const { url } = await open({ security: "open" });
    const page = await visitors.open(`${url}/#/access-points`);
    await page.getByText("The network is open, so enrolling gives a device no key").waitFor();
  });

  test("change what is set, and ask before stations are sent away", async () => {
    const { url, service } = await open();
    const page = await visitors.open(`${url}/#/setup`);
    await page.getByLabel("WPS Device Name").fill("Attic");
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByRole("button", { name: "Restart the radios" }).click();
    await page.getByRole("dialog").getByText("sends all stations away").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Restart" }).click();
    await page.getByRole("button", { name: "Restart the radios" }).waitFor({ state: "detached" });
    await page.getByRole("group", { name: "WPS Global Operational Status" }).getByText("Disabled").click();
    await expect.poll(() => service.common).toEqual({ deviceName: "Attic", enabled: false });
    await page.getByRole("link", { name: "WPS Process" }).click();
    await page.getByRole("button", { name: "PBC Enrollment Start" }).click();
    await page.getByText("WPS is switched off as a whole").waitFor();
  });

  test("say that two minutes went by in which nobody came", async () => {
    const { url } = await open({ speed: 60 });
    const page = await visitors.open(url);
    await page.getByRole("button", { name: "PBC Enrollment Start" }).click();
    await page.getByText("Home is open").waitFor();
    await page.getByText("Nobody can come in now.").waitFor();
    await page.locator("dd", { hasText: /^Timed Out$/ }).waitFor();
    await page.getByRole("link", { name: "Activity" }).click();
    await page.getByText("Home · the two minutes were over").waitFor();
  });

  test("let nobody in while two devices have their button pressed, and say why", async () => {
    const { url, visit, service } = await open();
    const page = await visitors.open(url);
    visit("Lamp");
    visit("Meter");
    await page.getByText("Lamp asks to come in").waitFor();
    await page.getByText("Meter asks to come in").waitFor();
    await page.getByRole("button", { name: "PBC Enrollment Start" }).click();
    await page.getByText("More than one device has its button pressed").waitFor();
    await page.getByText("Nobody can come in now.").waitFor();
    expect(service.devices.size).toBe(0);
  });

  test("say that the service is gone, and go on by themselves when it is back", async () => {
    const { url, visit, goAway, comeBack } = await open();
    const page = await visitors.open(url);
    await page.getByText("Nobody can come in now.").waitFor();
    await goAway();
    await page.getByText("No contact.").waitFor();
    visit("Meter");
    await comeBack();
    await page.getByText("Meter asks to come in").waitFor();
    await page.getByText("No contact.").waitFor({ state: "detached" });
  });

  test("ask for the password, have no barriers there, and tell a wrong one", async () => {
    const { url, settings } = await open();
    await settings.change({ protection: true, password: readPassword("correct horse") });
    const page = await visitors.open(url, { locale: "de-DE" });
    const field = page.getByLabel("Passwort", { exact: true });
    await field.fill("guessed");
    await field.press("Enter");
    await page.getByText("Das Passwort ist falsch.").waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await page.getByText("Instance Status").count()).toBe(0);
    await field.fill("correct horse");
    await field.press("Enter");
    await page.getByText("Instance Status").waitFor();
    await page.getByRole("button", { name: "Abmelden" }).click();
    await field.waitFor();
  });

  test.each([
    ["de-DE", "Das Netz ist offen", "WPS ist für dieses Netz ausgeschaltet", "Für ein Gerät geöffnet", "per Taste"],
    ["fr-FR", "Le réseau est ouvert", "WPS est désactivé pour ce réseau", "Ouvert pour un appareil", "par touche"],
  ])("say in %s what the service says, too", async (locale, finding, refusal, opened, how) => {
    const { url } = await open({ security: "open" });
    const page = await visitors.open(`${url}/#/access-points`, { locale });
    await page.getByText(finding).waitFor();
    await page.getByRole("link", { name: "WPS Process" }).click();
    await page.getByRole("button", { name: "PBC Enrollment Start" }).click();
    await page.locator(".window.open").waitFor();
    await page.getByRole("link", { name: "WPS Setup" }).click();
    await page.getByRole("group", { name: "WPS Mode" }).getByText("Disabled").click();
    await page.getByRole("link", { name: "WPS Process" }).click();
    await page.locator("dd", { hasText: "Disabled" }).first().waitFor();
    await page.getByRole("button", { name: "PBC Enrollment Start" }).click();
    await page.getByText(refusal).waitFor();
    await page.locator('.tabs a[href="#/activity"]').click();
    await page.getByText(opened).first().waitFor();
    await page.getByText(how).first().waitFor();
  });

  test("tell which of them is shown in a person's own colours", async () => {
    const { url } = await open();
    const page = await visitors.open(url, { forcedColors: "active" });
    await page.getByText("Instance Status").waitFor();
    const [shown, other] = await backgrounds(page, ".tabs a[aria-current]", ".tabs a:not([aria-current])");
    expect(shown).not.toBe(other);
  });

  test.each([
    "light",
    "dark",
  ] as const)("have no barriers when they are %s, and fit 320 pixels", async (colorScheme) => {
    const { url, visit, guess } = await open();
    const page = await visitors.open(url, { colorScheme, viewport: { width: 320, height: 700 } });
    await page.getByRole("button", { name: "PBC Enrollment Start" }).click();
    await page.getByText("Home is open").waitFor();
    expect(await barriers(page)).toEqual([]);
    const longest = `Lamp${"W".repeat(28)}`;
    visit(longest);
    await page.getByText(`${longest} came in`).waitFor();
    expect(await isTooWide(page)).toBe(false);
    await page.goto(`${url}/#/setup`);
    await page.getByRole("button", { name: "Generate" }).click();
    for (let i = 0; i < 3; i++) await guess();
    await page.locator("dd", { hasText: /^Locked$/ }).waitFor();
    await page.getByText("This service").click();
    expect(await barriers(page)).toEqual([]);
    await page.goto(`${url}/#/devices`);
    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByRole("button", { name: "Revoke" }).click();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press("Escape");
    for (const tab of ["process", "setup", "devices", "activity", "access-points"]) {
      await page.goto(`${url}/#/${tab}`);
      await page.locator(`.tabs a[href="#/${tab}"][aria-current]`).waitFor();
      await page.locator("main .card").first().waitFor();
      if (tab === "activity") await page.getByRole("button", { name: /Lamp/ }).click();
      expect(await barriers(page), tab).toEqual([]);
      expect(await isTooWide(page), tab).toBe(false);
    }
  });
});
