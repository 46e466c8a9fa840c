/** The device page in a real browser, in front of a real service on simulated air: what people do with it, and see. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readPassword } from "../../src/settings/settings.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { scenarioOf } from "../http/on-air.ts";
import { backgrounds, barriers, chromiumMissing, deviceName, isTooWide, timeout, Visitors } from "./browser.ts";
import { type DeviceOnAir, type DeviceOptions, openDevice } from "./device.ts";

describe.skipIf(chromiumMissing !== null)("the device page", { timeout }, () => {
  let visitors: Visitors;
  let device: DeviceOnAir | null = null;
  beforeAll(async () => {
    visitors = await Visitors.arrive();
  });
  afterAll(() => visitors.goHome());
  afterEach(async () => {
    await device?.close();
    device = null;
    await visitors.leave();
  });
  async function open(options: DeviceOptions = {}): Promise<DeviceOnAir> {
    device = await openDevice(options);
    return device;
  }

  test("pairs at the press of its button: it counts down, says what it does, and ends connected", async () => {
    const { url, home } = await open();
    const page = await visitors.open(url);
    await page.getByText("Not connected").waitFor();
    expect(await page.title()).toBe("demo");
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("Looking for a router that is ready").waitFor();
    expect(await page.getByRole("time").innerText()).toMatch(/^(?:2:00|1:5\d)$/);
    await home.pressButton();
    await page.getByRole("status").getByText("Connected to Home").waitFor();
    await page.getByText("switch it off on the router").waitFor();
    await page.locator(".link-now").getByText("192.168.1.100").waitFor();
    await page.locator(".networks").getByText("Connected").waitFor();
  });

  test("is the same in two browsers, and a pairing that one began the other cancels", async () => {
    const { url } = await open();
    const [one, other] = [await visitors.open(url), await visitors.open(url)];
    await one.getByRole("button", { name: "Connect", exact: true }).click();
    await other.getByText("Looking for a router that is ready").waitFor();
    await other.getByRole("button", { name: "Cancel" }).click();
    for (const page of [one, other]) {
      await page.getByText("The pairing was cancelled.").waitFor();
      await page.getByRole("button", { name: "Connect again" }).waitFor();
    }
  });

  test("says why nothing came of two minutes, and what to do next", async () => {
    const { url } = await open({ speed: 30 });
    const page = await visitors.open(url);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("nobody pressed its WPS button within the two minutes").waitFor();
    await page.getByText("Press the WPS button of the router within two minutes of starting").waitFor();
  });

  test("says that two buttons were pressed at once", async () => {
    const { url, home, neighbour } = await open();
    await home.pressButton();
    await neighbour.pressButton();
    const page = await visitors.open(url);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("Two access points had their WPS button pressed").waitFor();
    await page.getByText("Wait two minutes, press the button of one router only").waitFor();
  });

  test("pairs with a PIN that it makes up, and says so when the router was given another", async () => {
    const { url, home } = await open();
    const page = await visitors.open(url);
    const enter = (pin: string) => page.request.post(`${url}/demo/access-points/020000000001/pin`, { data: { pin } });
    const start = async () => {
      await page.getByRole("button", { name: "Connect with a PIN" }).click();
      await page.getByRole("button", { name: "Show a PIN and start" }).click();
      return page.locator(".pin strong").innerText();
    };
    expect(await start()).toMatch(/^\d{4} \d{4}$/);
    await enter("12345670");
    await page.getByText("The access point was given another PIN than this device has.").waitFor();
    // It would try that one again, sooner than anybody can read another off the page.
    await home.stop();
    await enter(await start());
    await page.getByRole("status").getByText("Connected to Home").waitFor();
  });

  test("tells a wrong check digit while it is typed, and takes a PIN with spaces and dashes", async () => {
    const { url } = await open();
    const page = await visitors.open(url);
    await page.getByRole("button", { name: "Connect with a PIN" }).click();
    const field = page.getByLabel("Or a PIN that the router has already");
    await field.fill("1234-5671");
    await page.getByText("Check digit wrong").waitFor();
    expect(await page.getByRole("button", { name: "Start", exact: true }).isDisabled()).toBe(true);
    await field.fill("1234-5670");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText("Looking for a router that is ready").waitFor();
  });

  test("lets in whoever knows the password, without a box of the browser's own, and nobody else", async () => {
    const { url } = await open();
    const owner = await visitors.open(url);
    await owner.getByText("This device", { exact: true }).click();
    await owner.getByLabel("Protect with a password").click();
    await owner.getByLabel("New password").fill("correct horse");
    await owner.getByRole("button", { name: "Save" }).click();
    // Whoever has set it stays inside.
    await owner.getByText("Saved.").waitFor();
    await owner.getByRole("button", { name: "Connect", exact: true }).waitFor();

    const guest = await visitors.open(url);
    await guest.getByLabel("Password", { exact: true }).fill("guessed");
    await guest.getByRole("button", { name: "Log in" }).click();
    await guest.getByText("The password is wrong.").waitFor();
    await guest.getByLabel("Password", { exact: true }).fill("correct horse");
    await guest.getByLabel("Password", { exact: true }).press("Enter");
    await guest.getByText("Ready to connect").waitFor();
    await guest.reload();
    await guest.getByText("Ready to connect").waitFor();
    expect(await guest.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")).toEqual([0, 0, ""]);
    await guest.getByRole("button", { name: "Log out" }).click();
    await guest.getByLabel("Password", { exact: true }).waitFor();
    await guest.reload();
    await guest.getByLabel("Password", { exact: true }).waitFor();
  });

  test("ends for everybody else when the password is changed", async () => {
    const { url, settings } = await open();
    await settings.change({ protection: true, password: readPassword("first password") });
    const [owner, guest] = [await visitors.open(url), await visitors.open(url)];
    for (const page of [owner, guest]) {
      await page.getByLabel("Password", { exact: true }).fill("first password");
      await page.getByRole("button", { name: "Log in" }).click();
      await page.getByText("Ready to connect").waitFor();
    }
    // Its other requests are refused before it has logged in anew, and that means nothing.
    const refused = owner.waitForResponse((response) => response.status() === 401);
    await owner.route("**/api/v1/session", async (route) => {
      await refused;
      await route.continue();
    });
    await owner.getByText("This device", { exact: true }).click();
    await owner.getByLabel("New password").fill("second password");
    await owner.getByRole("button", { name: "Save" }).click();
    await owner.getByText("Saved.").waitFor();
    await guest.getByLabel("Password", { exact: true }).waitFor();
    await owner.getByText("Ready to connect").waitFor();
  });

  test("says that the service is gone, and goes on by itself when it is back", async () => {
    const { url, station, goAway, comeBack } = await open();
    const page = await visitors.open(url);
    await page.getByText("Ready to connect").waitFor();
    await goAway();
    await page.getByText("No contact.").waitFor();
    await station.startPairing({ method: "pbc" });
    await comeBack();
    await page.getByText("Looking for a router that is ready").waitFor();
    await page.getByText("No contact.").waitFor({ state: "detached" });
  });

  test("tells whoever comes by the device's own Wi-Fi that contact will break, finds it again and shows the result", async () => {
    const { url, station, home, goAway, comeBack } = await open({
      hotspot: { ssid: new TextEncoder().encode("Set up"), key: new Secret("set me up") },
    });
    await station.setMode("accessPoint");
    const page = await visitors.open(url.replace("127.0.0.1", deviceName));
    await page.getByText("Its own hotspot").waitFor();
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByRole("dialog").getByText("While it pairs, this page loses it.").waitFor();
    await page.getByRole("button", { name: "Pair all the same" }).click();
    await page.getByText("Looking for a router that is ready").waitFor();
    await goAway();
    await page.getByText("Contact has broken, as it does while the device pairs over Wi-Fi.").waitFor();
    await home.pressButton();
    await expect.poll(() => station.session().result, { timeout: 15_000 }).toBe("success");
    await comeBack();
    await page.getByRole("status").getByText("Connected to Home").waitFor();
  });

  test("says nothing of broken contact to whoever comes by the cable, by whatever name", async () => {
    const hotspot = { ssid: new TextEncoder().encode("Set up"), key: new Secret("set me up") };
    const { url, station } = await open({ hotspot, cable: ["127.0.0.1"] });
    await station.setMode("accessPoint");
    const page = await visitors.open(url.replace("127.0.0.1", deviceName));
    await page.getByText("Its own hotspot").waitFor();
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("Looking for a router that is ready").waitFor();
    await page.getByText("Press the WPS button on your router now. Pairing over Ethernet is not recommended").waitFor();
    await page.getByRole("combobox").selectOption("fr");
    await page.getByText("Appuyez maintenant sur la touche WPS de votre box. Par le câble réseau").waitFor();
  });

  test.each([
    ["de-DE", "Verbinden", "Den Router auf WPA2/WPA3 gemischt stellen"],
    ["fr-FR", "Connecter", "Réglez la box sur WPA2/WPA3 mixte"],
  ])("says in %s, too, what keeps a pairing from succeeding while it still searches", async (locale, connect, hint) => {
    const { url } = await open({
      scenario: scenarioOf({
        accessPoints: [
          { name: "Modern", security: "WPA3", key: "correct horse battery", signal: -50, wps: false },
          { name: "Cafe", security: "open", signal: -80, wps: false },
        ],
        station: {},
      }),
    });
    const page = await visitors.open(url, { locale });
    await page.getByRole("button", { name: connect, exact: true }).click();
    await page.locator(".pairing").getByText(hint).waitFor();
    expect(await page.locator(".stage.active").count()).toBe(1);
  });

  test("shows why WPS cannot work with a network, and joins it by its password", async () => {
    const key = "correct horse battery";
    const { url } = await open({
      scenario: scenarioOf({
        accessPoints: [
          { name: "Home", key, signal: -45, wps: false },
          { name: "Modern", security: "WPA3", key, signal: -50, wps: false },
          { name: "Cafe", security: "open", signal: -60, wps: false },
        ],
        station: {},
      }),
    });
    const page = await visitors.open(url);
    await page.getByText("WPA3 only, so no WPS").click();
    await page.getByText("WPS cannot hand out a WPA3 password").waitFor();
    expect(await page.getByRole("button", { name: "Pair with this one" }).count()).toBe(0);
    await page.getByText("WPS is off there").first().click();
    await page.getByLabel("Network password").first().fill(key);
    await page.getByRole("button", { name: "Join", exact: true }).click();
    await page.locator(".link-now").getByText("192.168.1.100").waitFor();
  });

  test("sets a static address, and says in a sentence what could not work", async () => {
    const { url, station } = await open();
    const page = await visitors.open(url);
    await page.getByText("Wi-Fi settings").click();
    const settings = page.locator("details").first();
    await settings.getByLabel("Network name").fill("Home");
    await settings.getByLabel("Network password").fill("correct horse battery");
    await settings.getByLabel("Static address").click();
    await settings.getByLabel("IP address").fill("192.168.1.7");
    await settings.getByLabel("Netmask").fill("255.0.255.0");
    await settings.getByLabel("Gateway").fill("192.168.1.1");
    await settings.getByLabel("DNS server").fill("192.168.1.1");
    await settings.getByRole("button", { name: "Save" }).click();
    await settings.getByRole("alert").waitFor();
    await settings.getByLabel("Netmask").fill("255.255.255.0");
    await settings.getByRole("button", { name: "Save" }).click();
    await settings.getByText("Saved.").waitFor();
    await page.locator(".link-now").getByText("192.168.1.7").waitFor();
    expect(station.wifi().network?.staticAddress).toMatchObject({ ip: "192.168.1.7", mask: "255.255.255.0" });
  });

  test("is used by keyboard alone", async () => {
    const { url } = await open();
    const page = await visitors.open(url);
    await page.getByText("Ready to connect").waitFor();
    const focused = () => page.evaluate<string>("document.activeElement.innerText");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Connect");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Connect with a PIN");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await focused()).toBe("Connect with a PIN");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await focused()).toBe("Connect with a PIN");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Looking for a router that is ready").waitFor();
    // What was pressed is gone; what its person needs next has the focus.
    expect(await focused()).toBe("Cancel");
    await page.keyboard.press("Enter");
    await page.getByText("The pairing was cancelled.").waitFor();
    expect(await focused()).toBe("Connect again");
  });

  test("keeps everything in its place while a pairing goes by, and fits 320 pixels", async () => {
    const { url, home } = await open();
    const page = await visitors.open(url, { viewport: { width: 320, height: 700 }, locale: "de-DE" });
    const places = async () => {
      const boxes = [page.locator(".pairing"), page.locator(".networks")].map((one) => one.boundingBox());
      return (await Promise.all(boxes)).map((box) => [box?.y, box?.height]);
    };
    await page.getByText("Home").first().waitFor();
    const before = await places();
    await page.getByRole("button", { name: "Verbinden", exact: true }).click();
    await page.getByText("Suche einen Router").waitFor();
    expect(await places()).toEqual(before);
    await home.pressButton();
    await page.getByRole("status").getByText("Verbunden mit Home").waitFor();
    await page.locator(".link-now").getByText("192.168.1.100").waitFor();
    expect(await places()).toEqual(before);
    expect(await isTooWide(page)).toBe(false);
  });

  test("holds names as long as they may be, and lets none turn what is beside it", async () => {
    const key = "correct horse battery";
    const { url, home } = await open({
      scenario: scenarioOf({
        accessPoints: [
          { name: "W".repeat(32), key, signal: -45 },
          { name: "\u202egnp.tuo", key, signal: -50 },
          { name: "שכנים", key, signal: -60 },
        ],
        station: {},
      }),
    });
    const page = await visitors.open(url, { viewport: { width: 320, height: 700 } });
    await page.getByText("\ufffdgnp.tuo").waitFor();
    await page.getByText("\u2068שכנים\u2069").waitFor();
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await home.pressButton();
    await page
      .getByRole("status")
      .getByText(`Connected to ${"W".repeat(32)}`)
      .waitFor();
    expect(await isTooWide(page)).toBe(false);
  });

  test("tells what is on from what is off in a person's own colours", async () => {
    const { url } = await open();
    const page = await visitors.open(url, { forcedColors: "active" });
    for (const fold of await page.locator("summary").all()) await fold.click();
    const [chosen, other] = await backgrounds(
      page,
      ".choice input:checked + span",
      ".choice input:not(:checked) + span",
    );
    expect(chosen).not.toBe(other);
    const [on, off] = await backgrounds(page, ".switch input:checked", ".switch input:not(:checked)");
    expect(on).not.toBe(off);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.locator(".steps li.now").waitFor();
    const [now, later] = await backgrounds(page, ".steps li.now", ".steps li:last-child");
    expect(now).not.toBe(later);
  });

  test.each(["light", "dark"] as const)("has no barriers when it is %s", async (colorScheme) => {
    const { url } = await open();
    const page = await visitors.open(url, { colorScheme });
    await page.getByText("Home", { exact: true }).click();
    for (const fold of await page.locator("summary").all()) await fold.click();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole("button", { name: "Connect with a PIN" }).click();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("Looking for a router that is ready").waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  test("speaks the language of its browser, or the one that is chosen", async () => {
    const { url } = await open();
    const page = await visitors.open(url, { locale: "fr-CH" });
    await page.getByText("Prêt à se connecter").waitFor();
    await page.getByRole("combobox").selectOption("de");
    await page.getByText("Bereit zum Verbinden").waitFor();
    await page.reload();
    await page.getByText("Bereit zum Verbinden").waitFor();
    expect(await page.evaluate("document.documentElement.lang")).toBe("de");
  });
});
