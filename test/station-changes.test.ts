/** A person sets network, power and mode: done at once and for good, or not at all. On the simulated air, in virtual time. */
import { afterEach, describe, expect, test } from "vitest";
import { type Link, type Network, RadioError, type StationRadio } from "../src/radio/station-radio.ts";
import type { Mode } from "../src/station/record.ts";
import type { Station } from "../src/station/station.ts";
import { type Store, StoreError } from "../src/store/store.ts";
import { leashed } from "./leash.ts";
import { Device, type DeviceOptions, radioWith, startingModes } from "./station-world.ts";

let device: Device;
const given = (options?: DeviceOptions) => {
  device = new Device(options);
  return device;
};
afterEach(() => device.close());

const staticAddress = { ip: "192.168.1.7", mask: "255.255.255.0", gateway: "192.168.1.1", dns: "9.9.9.9" };
const dhcp = (link: Link) => /^192\.168\.[12]\.1\d\d$/.test(link.address?.ip ?? "");

/** Sets Neighbour's network, and waits for nothing but the answer. */
const takeNeighbour = (station: Station) =>
  device.until(station.setWifi({ enabled: true, network: device.neighbour, maxTxPower: 12.5 }));

const linkAt = (network: Network) => device.linkIn("connected", network.ssid);

const surroundings = () => ({ clock: device.clock, store: device.store, radio: device.radio });

/** All that the store holds, as text. */
const stored = async () => new TextDecoder().decode((await device.store.get("station"))?.value);

describe("settings of the station", () => {
  test("are joined at once, and still joined after a restart", async () => {
    const station = await given().startIn("station");
    expect(await takeNeighbour(station)).toBe("done");
    await linkAt(device.neighbour);
    await device.until(station.close());
    const again = await device.start();
    expect(again.wifi()).toEqual({ enabled: true, network: { ...device.neighbour }, maxTxPower: 12.5 });
    await linkAt(device.neighbour);
  });

  test("that are not enabled switch the radio off, and stay stored for the mode that uses them", async () => {
    const station = await given().startIn("station");
    await device.until(station.setWifi({ ...station.wifi(), enabled: false }));
    await device.linkIn("off");
    expect(station.mode).toBe("off");
    expect(await device.until(station.setMode("station"))).toBe("done");
    await linkAt(device.home);
  });

  test("leave a hotspot open until they are enabled", async () => {
    const station = await given().startIn("accessPoint");
    await device.until(station.setWifi({ enabled: false, network: device.neighbour, maxTxPower: null }));
    await device.linkIn("accessPoint");
    expect(station.mode).toBe("accessPoint");
    await device.until(station.setWifi({ ...station.wifi(), enabled: true }));
    await linkAt(device.neighbour);
  });

  test("may hold an address, which the device has on that network and on no other", async () => {
    const station = await given().startIn("off");
    const network = { ...device.home, staticAddress };
    await device.until(station.setWifi({ enabled: true, network, maxTxPower: null }));
    const { ip, mask, gateway, dns } = staticAddress;
    expect((await linkAt(device.home)).address).toEqual({ ip, mask, gateway, dns: [dns] });
    await takeNeighbour(station);
    expect(await linkAt(device.neighbour)).toSatisfy(dhcp);
  });

  test("keep the address over a pairing that fails, and lose it to one that succeeds, also at the same access point", async () => {
    const station = await given().startIn("off");
    const network = { ...device.home, staticAddress };
    await device.until(station.setWifi({ enabled: true, network, maxTxPower: null }));
    await linkAt(device.home);
    await device.until(station.startPairing({ method: "pbc" }));
    expect(await device.ended(station)).toMatchObject({ result: "timeout" });
    expect((await linkAt(device.home)).address).toMatchObject({ ip: staticAddress.ip });
    await device.until(station.startPairing({ method: "pbc" }));
    await device.press("Home");
    expect(await device.ended(station)).toMatchObject({ result: "success" });
    expect(await device.until(station.link())).toSatisfy(dhcp);
    expect(station.wifi().network?.staticAddress).toBeUndefined();
    expect(await stored()).not.toContain("staticAddress");
  });

  test("with no network give the radio back to those that it was configured with by itself", async () => {
    const station = await given({ connectedTo: "Home" }).start();
    await takeNeighbour(station);
    await linkAt(device.neighbour);
    await device.until(station.setWifi({ enabled: true, network: null, maxTxPower: null }));
    await linkAt(device.home);
  });
});

describe("the mode", () => {
  test.each(
    startingModes.flatMap((from) => startingModes.map((to) => [from, to] as const)),
  )("changes from %s to %s at once, and is the same after a restart", async (from, to) => {
    const station = await given().startIn(from);
    expect(await device.until(station.setMode(to))).toBe("done");
    expect(station.mode).toBe(to);
    const state = to === "station" ? "connected" : to;
    // Begun without a network, station mode has none to join.
    if (to !== "station" || from === "station") await device.linkIn(state);
    await device.until(station.close());
    expect((await device.start()).mode).toBe(to);
  });

  test("is not access point on a device without a hotspot", async () => {
    const station = await given({ settings: { hotspot: null } }).startIn("off");
    expect(await device.until(station.setMode("accessPoint"))).toBe("no-hotspot");
    expect(station.mode).toBe("off");
  });
});

describe("a change that cannot be done", () => {
  const expectUnchanged = async (station: Station) => {
    expect(station.wifi()).toEqual({ enabled: true, network: { ...device.home }, maxTxPower: null });
    expect(station.mode).toBe("station");
    expect(await stored()).not.toContain(Buffer.from(device.neighbour.ssid).toString("hex"));
    await linkAt(device.home);
    await device.until(station.close());
    expect((await device.start()).wifi().network).toEqual({ ...device.home });
    await linkAt(device.home);
  };

  test("because the radio is gone changes nothing, also when it is back", async () => {
    const { leash, radio } = leashed();
    const station = await given({ radio }).startIn("station");
    leash.cut();
    await expect(takeNeighbour(station)).rejects.toMatchObject({ name: "RadioError", kind: "gone" });
    await expect(device.until(station.setMode("off"))).rejects.toBeInstanceOf(RadioError);
    leash.mend();
    await device.clock.advance(30_000);
    await expectUnchanged(station);
  });

  test("because the radio goes away in the middle of it changes nothing", async () => {
    const { leash, radio } = leashed();
    const station = await given({ radio: (real) => radio(goneAfterApply(real, () => leash.cut())) }).startIn("station");
    await expect(takeNeighbour(station)).rejects.toMatchObject({ name: "RadioError" });
    leash.mend();
    await device.clock.advance(30_000);
    await expectUnchanged(station);
  });

  test("because the disk is full changes nothing, and the radio goes back", async () => {
    await given()
      .startIn("station")
      .then((first) => device.until(first.close()));
    let full = false;
    const store = storeThat(device.store, () => full);
    const station = await device.start({ ...surroundings(), store });
    await linkAt(device.home);
    full = true;
    await expect(takeNeighbour(station)).rejects.toMatchObject({ name: "StoreError", kind: "full" });
    full = false;
    await device.clock.advance(5_000);
    await expectUnchanged(station);
  });

  test("because the radio refuses its limit changes nothing", async () => {
    const refused = () => {
      throw new RadioError("refused", "The radio cannot send so softly.", "Set a higher limit.");
    };
    const radio = (real: StationRadio) =>
      radioWith(real, { limitPower: async (dBm) => (dBm === 12.5 ? refused() : real.limitPower(dBm)) });
    const station = await given({ radio }).startIn("station");
    await expect(takeNeighbour(station)).rejects.toMatchObject({ kind: "refused" });
    await device.clock.advance(5_000);
    await expectUnchanged(station);
  });
});

describe("the limit of the radio's power", () => {
  /** A radio that tells its limits, in order. */
  const noting = (limits: (number | null)[]) => (real: StationRadio) =>
    radioWith(real, {
      limitPower: async (dBm) => {
        await real.limitPower(dBm);
        limits.push(dBm);
      },
    });

  test("is set at a change, at each start, and whenever the radio is back; no other radio is touched", async () => {
    const limits: (number | null)[] = [];
    const { leash, radio } = leashed();
    const station = await given({ radio: (real) => radio(noting(limits)(real)) }).startIn("station");
    expect(limits).toEqual([]);
    await takeNeighbour(station);
    expect(limits).toEqual([12.5]);
    leash.cut();
    await device.clock.advance(30_000);
    leash.mend();
    await device.clock.advance(30_000);
    expect(limits).toEqual([12.5, 12.5]);
    await device.until(station.close());
    const again = await device.start();
    expect(limits).toEqual([12.5, 12.5, 12.5]);
    await device.until(again.setWifi({ ...again.wifi(), maxTxPower: null }));
    expect(limits).toEqual([12.5, 12.5, 12.5, null]);
  });

  test("is set on a radio that is back and was told another network, or paired, before it was looked after", async () => {
    const limits: (number | null)[] = [];
    const { leash, radio } = leashed();
    const station = await given({ radio: (real) => radio(noting(limits)(real)) }).startIn("station");
    await takeNeighbour(station);
    const awayAndBack = async () => {
      leash.cut();
      await device.clock.advance(100);
      leash.mend();
    };
    await awayAndBack();
    await device.until(station.setWifi({ ...station.wifi(), network: device.home }));
    await device.clock.advance(30_000);
    expect(limits).toEqual([12.5, 12.5]);
    await linkAt(device.home);

    await awayAndBack();
    await device.until(station.startPairing({ method: "pbc" }));
    await device.press("Neighbour");
    expect(await device.ended(station)).toMatchObject({ result: "success" });
    await device.clock.advance(30_000);
    expect(limits).toEqual([12.5, 12.5, 12.5]);
    await linkAt(device.neighbour);
    await device.until(station.close());
  });

  test("is not set before it is stored, and not stored where the radio refuses it", async () => {
    const limits: (number | null)[] = [];
    let full = true;
    let refuses = false;
    const refusing = (real: StationRadio) =>
      radioWith(real, {
        limitPower: async (dBm) => {
          if (refuses) throw new RadioError("refused", "The radio cannot send so softly.", "Set a higher limit.");
          await real.limitPower(dBm);
        },
      });
    given({ radio: (real) => noting(limits)(refusing(real)) });
    const station = await device.start({ ...surroundings(), store: storeThat(device.store, () => full) });
    await expect(takeNeighbour(station)).rejects.toBeInstanceOf(StoreError);
    full = false;
    refuses = true;
    await expect(takeNeighbour(station)).rejects.toBeInstanceOf(RadioError);
    expect(limits).toEqual([]);
    expect(station.wifi()).toMatchObject({ network: null, maxTxPower: null });
    refuses = false;
    await takeNeighbour(station);
    expect(limits).toEqual([12.5]);
    await device.until(station.close());
  });

  test("that a radio cannot have any more keeps nobody from the network", async () => {
    let able = true;
    const radio = (real: StationRadio) =>
      radioWith(real, {
        limitPower: async () => {
          if (!able) throw new RadioError("unsupported", "This radio has no limit.", "Set none.");
        },
      });
    const station = await given({ radio }).startIn("off");
    await takeNeighbour(station);
    await device.until(station.close());
    able = false;
    await device.start();
    await linkAt(device.neighbour);
  });
});

describe("killed at any step of a change", () => {
  type Change = (station: Station) => Promise<unknown>;
  const changes: readonly (readonly [string, Mode, Change])[] = [
    ["to another network", "station", (station) => takeNeighbour(station)],
    ["to off", "off", (station) => device.until(station.setMode("off"))],
    ["to access point mode", "accessPoint", (station) => device.until(station.setMode("accessPoint"))],
  ];
  const cases = startingModes.flatMap((from) =>
    changes.flatMap(([name, to, change]) => [false, true].map((answered) => ({ from, name, to, change, answered }))),
  );

  test.each(cases)("$name out of mode $from (answered: $answered), it is as it was or as it was to be", async ({
    from,
    to,
    change,
    answered,
  }) => {
    for (let step = 1, died = true; died; step++) {
      expect(step).toBeLessThan(50);
      await device?.close();
      await given()
        .startIn(from)
        .then((first) => device.until(first.close()));
      const doomed = device.doomed(step, answered);
      let told = false;
      const life = async () => {
        await change(await device.start(doomed));
        told = true;
      };
      await device.until(Promise.race([life(), doomed.killed]));
      died = doomed.isDead();
      doomed.kill();

      const station = await device.start();
      const { mode } = station;
      const network = station.wifi().network?.ssid;
      const isNew =
        mode === to && (to !== "station" || Buffer.compare(network ?? Buffer.of(), device.neighbour.ssid) === 0);
      if (!isNew) expect(mode, `step ${step}`).toBe(from);
      if (told) expect(isNew, `step ${step}`).toBe(true);
      await device.linkIn(mode === "station" ? "connected" : mode, mode === "station" ? network : undefined);
    }
  });
});

/** A radio that goes away just after it has been told its first other network. */
function goneAfterApply(real: StationRadio, cut: () => void): StationRadio {
  return radioWith(real, {
    apply: async (setup) => {
      await real.apply(setup);
      const ssid = setup.mode === "station" ? setup.network?.ssid : undefined;
      if (ssid === undefined || Buffer.compare(ssid, device.neighbour.ssid) !== 0) return;
      cut();
      throw new RadioError("gone", "The radio was unplugged.", "Plug it in again.");
    },
  });
}

/** A store whose disk is full at times. */
function storeThat(store: Store, isFull: () => boolean): Store {
  const write = <T>(work: () => Promise<T>): Promise<T> =>
    isFull() ? Promise.reject(new StoreError("full", "The disk is full.", "Make room on it.")) : work();
  return {
    get: (key) => store.get(key),
    put: (key, value) => write(() => store.put(key, value)),
    delete: (key) => write(() => store.delete(key)),
    compareAndSet: (key, revision, value) => write(() => store.compareAndSet(key, revision, value)),
    range: (prefix) => store.range(prefix),
    watch: (prefix, options) => store.watch(prefix, options),
    close: () => store.close(),
  };
}
