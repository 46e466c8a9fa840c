/**
 * The pages on the air: a real browser, both services, real peers. Here is what the radio has a part in; all else of the
 * pages is in test/web.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemRandom } from "../../src/wsc/crypto.ts";
import { generatePin, type Pin } from "../../src/wsc/pin.ts";
import { browserAddress, LabBrowser, type Open } from "../browser.ts";
import { type AccessPoint, openAir, type Station } from "../on-air.ts";
import { until } from "../process.ts";
import { Service } from "../program.ts";
import { connected } from "../registrar-on-air.ts";
import { RegistrarProgram } from "../registrar-program.ts";

let browser: LabBrowser;

interface AtTheDevice {
  readonly open: Open;
  readonly home: AccessPoint;
  readonly other: AccessPoint;
  readonly station: Station;
  readonly service: Service;
  readonly url: string;
}

/** `openwps station` in front of a station without a network, and two access points. */
async function atTheDevice(name: string, story: (scene: AtTheDevice) => Promise<void>): Promise<void> {
  const air = await openAir({ name, radios: 3 });
  try {
    const [home, other, station] = await Promise.all([
      air.accessPoint({ ssid: "home", passphrase: "home is my castle" }),
      air.accessPoint({ ssid: "other", passphrase: "the grass is greener" }),
      air.station(),
    ]);
    const service = new Service(air, station);
    await Promise.all([service.start(), home.serveAddresses(), station.askForAddresses()]);
    const url = `http://127.0.0.1:${service.port}`;
    await browser.during((open) => story({ open, home, other, station, service, url }));
  } finally {
    await air.close();
  }
}

interface AtTheNetwork {
  readonly open: Open;
  readonly accessPoint: AccessPoint;
  readonly lamp: Station;
  readonly url: string;
}

/** `openwps registrar` behind an access point, and a lamp that is not in its network. */
async function atTheNetwork(
  name: string,
  keys: "shared" | "radius",
  story: (scene: AtTheNetwork) => Promise<void>,
): Promise<void> {
  const air = await openAir({ name, radios: 2 });
  try {
    const registrar = new RegistrarProgram(keys);
    const passphrase = keys === "shared" ? "correct horse battery" : null;
    const accessPoint = await air.accessPoint({ ssid: "devices", passphrase, config: registrar.config });
    const [lamp] = await Promise.all([air.station(), registrar.start(air, accessPoint)]);
    await browser.during((open) => story({ open, accessPoint, lamp, url: registrar.url }));
  } finally {
    await air.close();
  }
}

// One after the other: what a page asks goes through this process, and a page takes a service that is slow for one that
// is away.
describe.skipIf(browserAddress === null)("the pages", { timeout: 600_000 }, () => {
  beforeAll(async () => {
    browser = await LabBrowser.start();
  }, 120_000);
  afterAll(() => browser.close());

  test("a click and the router's button connect a device, two browsers see it; one cancels the other's pairing; the service goes and comes back", async ({
    task,
  }) => {
    await atTheDevice(task.name, async ({ open, home, station, service, url }) => {
      const [one, other] = await Promise.all([open(url), open(url)]);
      const connect = { name: "Connect", exact: true };
      await other.getByRole("button", connect).waitFor();
      await one.getByRole("button", connect).click();
      await other.getByText("Looking for a router that is ready").waitFor();
      await home.pressButton();
      for (const page of [one, other]) await page.getByRole("status").getByText("Connected to home").waitFor();
      expect(await station.linkedTo()).toBe(home.bssid);
      await other.locator(".link-now").getByText(`${home.net}.`).waitFor();

      await one.getByRole("button", { name: "Connect again" }).click();
      await other.getByRole("button", { name: "Cancel" }).click();
      for (const page of [one, other]) await page.getByText("The pairing was cancelled.").waitFor();
      await until(async () => (await station.linkedTo()) === home.bssid);

      await service.stop();
      await one.getByText("No contact.").waitFor();
      await service.start();
      await one.getByText("No contact.").waitFor({ state: "detached" });
      await one.locator(".link-now").getByText(`${home.net}.`).waitFor();
    });
  });

  test("two pressed buttons are told as an overlap; then a PIN that the device shows connects it", async ({ task }) => {
    await atTheDevice(task.name, async ({ open, home, other, station, url }) => {
      const page = await open(url);
      await Promise.all([home.pressButton(), other.pressButton()]);
      await page.getByRole("button", { name: "Connect", exact: true }).click();
      await page.getByText("Two access points had their WPS button pressed").waitFor();
      await page.getByText("Wait two minutes, press the button of one router only").waitFor();

      await Promise.all([home.cli("wps_cancel"), other.cli("wps_cancel")]);
      await page.getByRole("button", { name: "Connect with a PIN" }).click();
      await page.getByRole("button", { name: "Show a PIN and start" }).click();
      await home.enterPin((await page.locator(".pin strong").innerText()).replace(" ", ""));
      await page.getByRole("status").getByText("Connected to home").waitFor();
      expect(await station.linkedTo()).toBe(home.bssid);
    });
  });

  test("nobody presses the router's button: after two minutes the page says why nothing came of it", async ({
    task,
  }) => {
    await atTheDevice(task.name, async ({ open, url }) => {
      const page = await open(url);
      await page.getByRole("button", { name: "Connect", exact: true }).click();
      await page.getByText("nobody pressed its WPS button within the two minutes").waitFor();
      await page.getByText("Press the WPS button of the router within two minutes of starting").waitFor();
    });
  });

  test("a lamp that asks to come in is admitted by a click, and sent away by another", async ({ task }) => {
    await atTheNetwork(task.name, "radius", async ({ open, accessPoint, lamp, url }) => {
      const page = await open(url);
      await page.getByText("Nobody can come in now.").waitFor();
      await lamp.cli("wps_pbc");
      await page.getByText("Lab station asks to come in").waitFor();
      await page.getByRole("button", { name: "Admit" }).click();
      await page.getByText("Lab station came in").waitFor();
      await connected(lamp, accessPoint);
      await page.getByRole("button", { name: "That was not mine" }).click();
      await page.getByText("Lab station was sent away, and its key is void.").waitFor();
      await until(async () => (await lamp.linkedTo()) === null);
    });
  });

  test("PBC Enrollment and PIN Enrollment let a lamp in, in two browsers; whoever guesses at the device PIN is locked out until Unlock", async ({
    task,
  }) => {
    await atTheNetwork(task.name, "shared", async ({ open, accessPoint, lamp, url }) => {
      const [one, other] = await Promise.all([open(url), open(url)]);
      await one.getByRole("button", { name: "PBC Enrollment Start" }).click();
      await other.getByText("devices is open for one device with its button pressed").waitFor();
      await lamp.cli("wps_pbc");
      for (const page of [one, other]) {
        await page.getByText("Lab station came in").waitFor();
        await page.locator("dd", { hasText: "Success" }).waitFor();
        await page.getByText("Nobody can come in now.").waitFor();
      }
      await connected(lamp, accessPoint);

      await lamp.cli("remove_network", "all");
      await one.getByRole("button", { name: "Fine" }).click();
      const field = one.getByRole("textbox", { name: "PIN Enrollment" });
      await field.fill("1234 5670");
      await field.press("Enter");
      await other.getByText("devices is open for the device with this PIN").waitFor();
      await lamp.cli("wps_pin", "any", "12345670");
      await one.getByText("Lab station came in").waitFor();
      await connected(lamp, accessPoint);

      await one.getByRole("link", { name: "WPS Setup" }).click();
      await one.getByRole("button", { name: "Generate" }).click();
      const pin = await one.locator("output", { hasText: /^\d{4} \d{4}$/ }).innerText();
      for (let count = 1; count <= 3; count++) {
        await lamp.cli("wps_reg", accessPoint.bssid, wrongPin(pin));
        await other.locator("dd", { hasText: new RegExp(`^${count}$`) }).waitFor();
        await lamp.cli("wps_cancel");
      }
      for (const page of [one, other]) await page.locator("dd", { hasText: /^Locked$/ }).waitFor();
      await one.getByRole("button", { name: "Unlock" }).click();
      for (const page of [one, other]) await page.locator("dd", { hasText: /^Unlocked$/ }).waitFor();
    });
  });
});

/** A PIN that a person could have, and whose first half is another one. */
function wrongPin(pin: string): Pin {
  for (;;) {
    const other = generatePin(systemRandom);
    if (other.slice(0, 4) !== pin.slice(0, 4)) return other;
  }
}
