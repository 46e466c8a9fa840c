/** The modules on the simulated air, in virtual time: order rules, statuses, events, and the way back. */
import { afterEach, describe, expect, test } from "vitest";
import { Device, type DeviceOptions, radioWith } from "../../test/station-world.ts";
import { RadioError } from "../radio/station-radio.ts";
import type { EventTables } from "./eventmon.ts";
import { type Nodemcu, openNodemcu } from "./nodemcu.ts";

let device: Device;
afterEach(() => device.close());

async function given(options: DeviceOptions = {}): Promise<Nodemcu> {
  device = new Device(options);
  if (options.connectedTo !== undefined) await device.linkIn("connected", device.home.ssid);
  return device.until(openNodemcu({ radio: device.radio, clock: device.clock }));
}

/** Enables WPS, runs it, and gives the status and how long it took, in seconds. */
async function outcome({ wps }: Nodemcu): Promise<readonly [number, number]> {
  wps.enable();
  const start = device.clock.now();
  const status = await device.until(wps.run());
  return [status, Math.round((device.clock.now() - start) / 1000)];
}

const silent = { wps: false } as const;

describe("wps", () => {
  test("has the constants of the firmware", async () => {
    const { wps, wifi, tmr } = await given();
    expect({ ...wps }).toEqual({ SUCCESS: 0, FAILED: 1, TIMEOUT: 2, WEP: 3, SCAN_ERR: 4 });
    expect({ ...tmr }).toEqual({ ALARM_SINGLE: 0, ALARM_AUTO: 1, ALARM_SEMI: 2 });
    expect([wifi.NULLMODE, wifi.STATION, wifi.SOFTAP, wifi.STATIONAP]).toEqual([0, 1, 2, 3]);
    const { STA_CONNECTED, STA_DISCONNECTED, STA_GOT_IP } = wifi.eventmon;
    expect([STA_CONNECTED, STA_DISCONNECTED, STA_GOT_IP]).toEqual([0, 1, 3]);
  });

  test("a success configures the station and does not connect it; wifi.sta.connect does, and tells what it has", async () => {
    const { wps, wifi, quiet } = await given();
    const told: unknown[] = [];
    wifi.eventmon.register(wifi.eventmon.STA_CONNECTED, (table) => told.push(table));
    wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, (table) => told.push(table));
    await device.press("Home");
    wps.enable();
    expect(await device.until(wps.run())).toBe(wps.SUCCESS);
    await device.clock.advance(60_000);
    expect(await device.radio.link()).toMatchObject({ state: "disconnected" });
    expect(told).toEqual([]);
    wifi.sta.connect();
    await device.until(quiet());
    expect(told).toEqual([
      { SSID: "Home", BSSID: "02:00:00:00:00:01", channel: 6 },
      { IP: expect.stringMatching(/^192\.168\.1\.\d+$/), netmask: "255.255.255.0", gateway: "192.168.1.1" },
    ]);
    expect(wifi.sta.getip()?.ip).toBe((told[1] as EventTables[3]).IP);
    expect(wifi.sta.status()).toBe(wifi.STA_GOTIP);
  });

  test("TIMEOUT after two minutes in which nobody presses a button", async () => {
    const nodemcu = await given();
    expect(await outcome(nodemcu)).toEqual([nodemcu.wps.TIMEOUT, 120]);
  });

  test("SCAN_ERR after ten seconds without an access point that does WPS", async () => {
    const nodemcu = await given({ home: silent, neighbour: silent });
    expect(await outcome(nodemcu)).toEqual([nodemcu.wps.SCAN_ERR, 10]);
  });

  test("WEP where the button was pressed at an access point with WEP", async () => {
    const nodemcu = await given({ home: { security: "WEP" } });
    await device.press("Home");
    expect(await outcome(nodemcu)).toEqual([nodemcu.wps.WEP, expect.any(Number)]);
  });

  test("WEP where its button is pressed in mid-run", async () => {
    const nodemcu = await given({ home: { security: "WEP" } });
    const status = outcome(nodemcu);
    await device.press("Home");
    expect(await status).toEqual([nodemcu.wps.WEP, expect.any(Number)]);
  });

  test("FAILED when two buttons are pressed", async () => {
    const nodemcu = await given();
    await device.press("Home");
    await device.press("Neighbour");
    expect(await outcome(nodemcu)).toEqual([nodemcu.wps.FAILED, expect.any(Number)]);
  });

  test("after anything but a success the station is where it was before", async () => {
    const nodemcu = await given({ connectedTo: "Home" });
    expect(await outcome(nodemcu)).toEqual([nodemcu.wps.TIMEOUT, 120]);
    await device.linkIn("connected", device.home.ssid);
  });

  test("may be started anew after a failure", async () => {
    const nodemcu = await given({ connectedTo: "Home" });
    await outcome(nodemcu);
    await device.press("Neighbour");
    expect(await outcome(nodemcu)).toEqual([nodemcu.wps.SUCCESS, expect.any(Number)]);
  });

  test("started before it is enabled raises", async () => {
    const { wps } = await given();
    expect(() => wps.start()).toThrow("wps.start: WPS is not enabled; call wps.enable() first.");
    wps.enable();
    wps.disable();
    expect(() => wps.start()).toThrow("WPS is not enabled");
  });

  test("a callback that is not a function raises, and nothing is started", async () => {
    const { wps, quiet } = await given();
    wps.enable();
    expect(() => wps.start(7 as never)).toThrow("wps.start: the callback must be a function, not a number.");
    await quiet();
  });

  test("needs no callback", async () => {
    const { wps, wifi, quiet } = await given();
    await device.press("Home");
    wps.enable();
    wps.start();
    await device.until(quiet());
    wifi.sta.connect();
    await device.linkIn("connected", device.home.ssid);
  });

  test("enabled twice is enabled, and a run goes on", async () => {
    const { wps } = await given();
    wps.enable();
    const run = wps.run();
    wps.enable();
    await device.press("Home");
    expect(await device.until(run)).toBe(wps.SUCCESS);
  });

  test("disabled in mid-run calls nobody back, and the station is where it was before", async () => {
    const { wps, quiet } = await given({ connectedTo: "Home" });
    const statuses: number[] = [];
    wps.enable();
    wps.start((status) => statuses.push(status));
    await device.clock.advance(5_000);
    wps.disable();
    wps.disable();
    await device.until(quiet());
    await device.linkIn("connected", device.home.ssid);
    expect(statuses).toEqual([]);
  });

  test("disabled in mid-run and started again begins a run of its own", async () => {
    const { wps } = await given();
    wps.enable();
    wps.start(() => expect.unreachable());
    await device.clock.advance(60_000);
    wps.disable();
    wps.enable();
    const again = wps.run();
    await device.clock.advance(100_000);
    await device.press("Home");
    expect(await device.until(again)).toBe(wps.SUCCESS);
  });

  test("started twice is one run, which calls the later callback", async () => {
    const { wps, quiet } = await given();
    const called: string[] = [];
    await device.press("Home");
    wps.enable();
    wps.start(() => called.push("first"));
    wps.start(() => called.push("second"));
    await device.until(quiet());
    expect(called).toEqual(["second"]);
  });

  test("as a promise joins a run under way, whose callback is called too", async () => {
    const { wps } = await given();
    const called: number[] = [];
    await device.press("Home");
    wps.enable();
    wps.start((status) => called.push(status));
    expect(await device.until(Promise.all([wps.run(), wps.run()]))).toEqual([wps.SUCCESS, wps.SUCCESS]);
    expect(called).toEqual([wps.SUCCESS]);
  });

  test("as a promise is given up with a signal, and when it is disabled", async () => {
    const { wps, quiet } = await given();
    const stop = new AbortController();
    wps.enable();
    const run = expect(wps.run({ signal: stop.signal })).rejects.toThrow("no more");
    stop.abort(new Error("no more"));
    await device.until(run);
    await device.until(quiet());
    wps.enable();
    const other = expect(wps.run()).rejects.toThrow("WPS was disabled before the run was over.");
    wps.disable();
    await device.until(other);
    await expect(wps.run()).rejects.toThrow("wps.run: WPS is not enabled; call wps.enable() first.");
  });
});

describe("wifi", () => {
  test("tells of a lost network, with a reason", async () => {
    const { wifi } = await given({ connectedTo: "Home" });
    const told: unknown[] = [];
    wifi.eventmon.register(wifi.eventmon.STA_DISCONNECTED, (table) => told.push(table));
    device.world.accessPoints[0]?.powerOff();
    await device.linkIn("disconnected");
    await device.clock.advance(10);
    expect(told[0]).toEqual({ SSID: "Home", BSSID: "02:00:00:00:00:01", reason: wifi.eventmon.reason.UNSPECIFIED });
    await device.clock.advance(10_000);
    expect(told[1]).toMatchObject({ reason: wifi.eventmon.reason.NO_AP_FOUND });
    wifi.eventmon.unregister(wifi.eventmon.STA_DISCONNECTED);
  });

  test("disconnects, and connects again to what the radio knows", async () => {
    const { wifi } = await given({ connectedTo: "Home" });
    wifi.sta.disconnect();
    await device.linkIn("off");
    await device.clock.advance(10);
    expect(wifi.sta.getip()).toBe(null);
    wifi.sta.connect();
    await device.linkIn("connected", device.home.ssid);
  });

  test("takes a callback with connect and disconnect, as if it were registered", async () => {
    const { wifi, quiet } = await given({ connectedTo: "Home" });
    const told: string[] = [];
    expect(() => wifi.sta.disconnect(7 as never)).toThrow(
      "wifi.sta.disconnect: the callback must be a function, not a number.",
    );
    await device.linkIn("connected", device.home.ssid);
    wifi.sta.disconnect(({ SSID }) => told.push(`left ${SSID}`));
    await device.linkIn("off");
    wifi.sta.connect(({ SSID, channel }) => told.push(`at ${SSID}, channel ${channel}`));
    await device.until(quiet());
    expect(told).toEqual(["left Home", "at Home, channel 6"]);
  });

  test("raises for what is not there, and out of order", async () => {
    const { wps, wifi } = await given();
    expect(() => wifi.setmode(wifi.SOFTAP)).toThrow("wifi.setmode: an access point of its own is not available here");
    expect(() => wifi.setmode(9 as never)).toThrow(
      "wifi.setmode: expected one of NULLMODE, STATION, SOFTAP, STATIONAP, not 9.",
    );
    expect(() => wifi.eventmon.register(99 as never)).toThrow("expected one of STA_CONNECTED");
    wps.enable();
    wps.start();
    expect(() => wifi.sta.connect()).toThrow("wifi.sta.connect: WPS is running");
    wifi.setmode(wifi.STATION);
    wps.disable();
    await device.clock.advance(1_000);
    expect(wifi.setmode(wifi.NULLMODE)).toBe(wifi.NULLMODE);
    expect(() => wifi.sta.connect()).toThrow("wifi.sta.connect: the mode is not STATION");
    await device.linkIn("off");
  });
});

describe("tmr", () => {
  test("rings once, again and again, or once a start", async () => {
    const { tmr } = await given();
    const rung: string[] = [];
    const single = tmr.create();
    const auto = tmr.create();
    const semi = tmr.create();
    expect(single.alarm(1_000, tmr.ALARM_SINGLE, () => rung.push("single"))).toBe(true);
    auto.alarm(400, tmr.ALARM_AUTO, () => rung.push("auto"));
    semi.register(500, tmr.ALARM_SEMI, () => rung.push("semi"));
    expect([semi.start(), semi.start()]).toEqual([true, false]);
    await device.clock.advance(1_000);
    expect(rung).toEqual(["auto", "semi", "auto", "single"]);
    expect([single.start(), semi.start(), auto.stop(), auto.stop()]).toEqual([false, true, true, false]);
    await device.clock.advance(1_000);
    expect(rung.slice(4)).toEqual(["semi"]);
    expect([single.state(), semi.state()]).toEqual([null, { running: false, mode: tmr.ALARM_SEMI }]);
  });

  test("raises for intervals, modes and callbacks that are none", async () => {
    const { tmr } = await given();
    const timer = tmr.create();
    expect(() => timer.alarm(0, tmr.ALARM_AUTO, () => {})).toThrow(
      "timer:alarm: the interval in milliseconds must be a whole number",
    );
    expect(() => timer.alarm(1, 5 as never, () => {})).toThrow("expected one of ALARM_SINGLE, ALARM_AUTO, ALARM_SEMI");
    expect(() => timer.register(1, tmr.ALARM_AUTO, undefined as never)).toThrow(
      "timer:register: the callback must be a function, not nothing.",
    );
    expect(() => timer.interval(5)).toThrow("timer:interval: call timer:register or timer:alarm first.");
  });
});

describe("closed", () => {
  test("after the script has connected it, the station stays, and the radio keeps the network", async () => {
    const nodemcu = await given({ connectedTo: "Home" });
    await device.press("Neighbour");
    await outcome(nodemcu);
    nodemcu.wifi.sta.connect();
    await device.until(nodemcu.quiet());
    expect(await device.until(nodemcu.close())).toEqual({ connected: true, keepTrouble: null });
    await device.linkIn("connected", device.neighbour.ssid);
  });

  test("after a success without connecting, the station is where it was before", async () => {
    const nodemcu = await given({ connectedTo: "Home" });
    await device.press("Neighbour");
    await outcome(nodemcu);
    expect(await device.until(nodemcu.close())).toEqual({ connected: false, keepTrouble: null });
    await device.linkIn("connected", device.home.ssid);
  });

  test("told to keep nothing, the station is where it was before", async () => {
    const nodemcu = await given({ connectedTo: "Home" });
    await device.press("Neighbour");
    await outcome(nodemcu);
    nodemcu.wifi.sta.connect();
    await device.until(nodemcu.quiet());
    await device.until(nodemcu.close({ keep: false }));
    await device.linkIn("connected", device.home.ssid);
  });

  test("in mid-run, nobody is called back, and the station is where it was before", async () => {
    const nodemcu = await given({ connectedTo: "Home" });
    nodemcu.wps.enable();
    nodemcu.wps.start(() => expect.unreachable());
    nodemcu.tmr.create().alarm(2_000, nodemcu.tmr.ALARM_AUTO, () => {});
    await device.clock.advance(1_000);
    await device.until(nodemcu.close());
    await device.linkIn("connected", device.home.ssid);
  });

  test("without having done anything, the radio has not been touched", async () => {
    const untouched = (real: Device["radio"]) => radioWith(real, { apply: () => expect.unreachable() });
    const nodemcu = await given({ radio: untouched });
    nodemcu.wifi.setmode(nodemcu.wifi.STATION);
    await device.until(nodemcu.close());
  });
});

describe("what a callback throws ends the quiet, and the station is where it was before:", () => {
  const mistake = () => {
    throw new Error("enough");
  };
  test.each<[string, (nodemcu: Nodemcu) => void]>([
    ["of wps.start", ({ wps }) => wps.start(mistake)],
    ["of a timer that rings once", ({ tmr }) => tmr.create().alarm(60_000, tmr.ALARM_SINGLE, mistake)],
    ["of a timer that rings again and again", ({ tmr }) => tmr.create().alarm(60_000, tmr.ALARM_AUTO, mistake)],
    ["of an event", ({ wps, wifi }) => wps.start(() => wifi.sta.connect(mistake))],
  ])("%s", async (_name, begin) => {
    const nodemcu = await given({ connectedTo: "Home" });
    await device.press("Neighbour");
    nodemcu.wps.enable();
    nodemcu.wps.start(() => nodemcu.wifi.sta.connect());
    begin(nodemcu);
    await expect(device.until(nodemcu.quiet())).rejects.toThrow("enough");
    expect(await device.until(nodemcu.close())).toEqual({ connected: false, keepTrouble: null });
    await device.linkIn("connected", device.home.ssid);
  });

  test("and is thrown at the close where nobody waits for the quiet", async () => {
    const { tmr, close } = await given();
    tmr.create().alarm(1, tmr.ALARM_SINGLE, mistake);
    await device.clock.advance(10);
    await expect(device.until(close())).rejects.toThrow("enough");
  });
});

test("a radio that does not do as it is told ends the quiet with its own words", async () => {
  const refusing = (real: Device["radio"]) =>
    radioWith(real, { apply: async () => Promise.reject(new RadioError("refused", "It will not.", "Ask again.")) });
  const { wifi, quiet } = await given({ radio: refusing });
  wifi.sta.disconnect();
  await expect(quiet()).rejects.toThrow("It will not.");
});
