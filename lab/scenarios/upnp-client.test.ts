/**
 * `openwps er` and real routers: hostapd serves UPnP on a cable, at whose other end our program runs, with no radio to
 * it. What it does there must be true on the air.
 */
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type AccessPoint, openAir, type Station } from "../on-air.ts";
import { type Process, until } from "../process.ts";
import { startOpenwps } from "../program.ts";
import { connected, keyOf } from "../registrar-on-air.ts";

const routerPin = "12345670";
const lampPin = "24681353";
/** Another one from its second half on. */
const otherPin = "24681131";
const passphrase = "correct horse battery";

interface World {
  readonly accessPoint: AccessPoint;
  readonly lamp: Station;
  /** Starts `openwps er` at the other end of the router's cable. */
  er(command: string, ...args: readonly string[]): Promise<Process>;
}

async function onAir(name: string, story: (world: World) => Promise<void>): Promise<void> {
  const air = await openAir({ name, radios: 2 });
  try {
    const accessPoint = await air.accessPoint((ifname) => ({
      ssid: "devices",
      passphrase,
      // hostapd listens for searches wherever the route to them leads, so two of them must not share a machine.
      ...{ apart: true, wired: true },
      config: ["upnp_iface=eth0", `friendly_name=Router of ${ifname}`, `ap_pin=${routerPin}`],
    }));
    const lamp = await air.station({ apart: true });
    const er = (command: string, ...args: readonly string[]) => {
      const which = command === "discover" ? [] : ["--router", `Router of ${accessPoint.ifname}`, "--seconds", "20"];
      const all = ["er", command, "--interface", accessPoint.cable ?? "", ...which, ...args];
      return startOpenwps(air, `er-${accessPoint.ifname}`, all);
    };
    await story({ accessPoint, lamp, er });
  } finally {
    await air.close();
  }
}

/** The station has an address, and what it sends is answered: by way of the air, for it is a machine of its own. */
async function passesTraffic(lamp: Station, accessPoint: AccessPoint): Promise<void> {
  await accessPoint.beGateway();
  await lamp.run("ip", "addr", "add", `${accessPoint.net}.9/24`, "dev", lamp.ifname);
  await until(async () =>
    lamp.run("busybox", "ping", "-c", "1", "-W", "2", `${accessPoint.net}.1`).then(
      () => true,
      () => false,
    ),
  );
}

describe.concurrent("openwps er, through a real router", () => {
  test("finds it, reads its network by its PIN, and gives it another one, which stations join", async ({ task }) => {
    await onAir(task.name, async ({ accessPoint, lamp, er }) => {
      const discover = await er("discover", "--json");
      expect(await discover.ended).toBe(0);
      expect(JSON.parse(discover.log())).toMatchObject({ type: "router", state: "configured", model: "lab" });

      const learn = await er("learn", "--pin", routerPin);
      expect(await learn.ended).toBe(0);
      expect(learn.log().split("\n")).toEqual(["SSID      devices", "Security  WPA2", `Key       ${passphrase}`]);

      const keyFile = `/tmp/key-${lamp.ifname}`;
      writeFileSync(keyFile, "another passphrase\n", { mode: 0o600 });
      const configure = await er("configure", "--pin", routerPin, "--ssid", "given", "--key-file", keyFile);
      expect(await configure.ended).toBe(0);
      await lamp.cli("add_network");
      await lamp.cli("set_network", "0", "ssid", '"given"');
      await lamp.cli("set_network", "0", "psk", '"another passphrase"');
      await lamp.cli("enable_network", "0");
      await connected(lamp, accessPoint);
      await passesTraffic(lamp, accessPoint);
    });
  });

  test("lets a lamp in that shows a PIN, but not by a wrong one", async ({ task }) => {
    await onAir(task.name, async ({ accessPoint, lamp, er }) => {
      const wrong = await er("enrol", "--pin", otherPin, "--router-pin", routerPin, "--mac", lamp.macAddress);
      await wrong.line("Start WPS on the device");
      await lamp.cli("wps_pin", "any", lampPin);
      expect(await wrong.ended).toBe(1);
      expect(wrong.log()).toContain("The device did not prove the PIN");
      expect(keyOf(lamp)).toBe("");
      await lamp.cli("wps_cancel");

      const right = await er("enrol", "--pin", lampPin, "--router-pin", routerPin, "--mac", lamp.macAddress);
      await right.line("Start WPS on the device");
      await lamp.cli("wps_pin", "any", lampPin);
      expect(await right.ended).toBe(0);
      expect(right.log()).toContain(`✓ Lab station (${lamp.macAddress}) has the network.`);
      await connected(lamp, accessPoint);
      expect(keyOf(lamp)).toBe(passphrase);
      await passesTraffic(lamp, accessPoint);
    });
  });

  test("lets a lamp in that has its button pressed, and hears of it while it watches", async ({ task }) => {
    await onAir(task.name, async ({ accessPoint, lamp, er }) => {
      const watch = await er("watch");
      await watch.line("status");
      const keyFile = `/tmp/key-${lamp.ifname}`;
      writeFileSync(keyFile, `${passphrase}\n`, { mode: 0o600 });
      const enrol = await er("enrol", "--pbc", "--ssid", "devices", "--key-file", keyFile);
      await enrol.line("Start WPS on the device");
      await lamp.cli("wps_pbc");
      expect(await enrol.ended).toBe(0);
      await connected(lamp, accessPoint);
      expect(keyOf(lamp)).toBe(passphrase);
      await passesTraffic(lamp, accessPoint);
      for (const message of ["Probe Request", "M1", "M7", "WSC_Done"])
        await watch.line(`${lamp.macAddress}  ${message}`);
      expect(await watch.stop("SIGINT")).toBe(130);
    });
  });

  test("tells a wrong PIN of the router from a router that is locked after three of them", async ({ task }) => {
    await onAir(task.name, async ({ er }) => {
      for (const pin of ["00000000", "12340002", "00000000"]) {
        const learn = await er("learn", "--pin", pin);
        expect(await learn.ended).toBe(1);
        expect(learn.log()).toContain("That is not the router's PIN.");
      }
      const learn = await er("learn", "--pin", routerPin);
      expect(await learn.ended).toBe(1);
      expect(learn.log()).toContain("The router is locked against external Registrars");
    });
  });
});
