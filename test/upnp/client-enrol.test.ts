/**
 * Our external Registrar lets devices in: through our own UPnP device, with an access point and stations that are
 * played. What routers do that they should not is in client.test.ts.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { type EnrolEvent, type EnrolOptions, enrol } from "../../src/upnp/enrol.ts";
import type { Router } from "../../src/upnp/router.ts";
import { routerState } from "../../src/upnp/router-state.ts";
import { configure, learn } from "../../src/upnp/settings-run.ts";
import { CONFIG_METHOD, DEVICE_PASSWORD_ID } from "../../src/wsc/attributes.ts";
import type { NetworkSettings } from "../../src/wsc/credential.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";
import { ANYBODY } from "../../src/wsc/elements.ts";
import { pinPassword } from "../../src/wsc/pin.ts";
import { stepEnrollee } from "../../src/wsc/session/enrollee.ts";
import { drawRegistrar, openRegistrar, stepRegistrar } from "../../src/wsc/session/registrar.ts";
import { deviceOf, mac } from "../interop/radius-station.ts";
import { must } from "../vectors.ts";
import { network, PlayedHome, type PlayedStation, pin, routerPin } from "./played-home.ts";

const lampPin = pin("24681353");
/** Wrong from its second half on, and from its first. */
const [nearPin, farPin] = [pin("24681131"), pin("12345670")];

let home: PlayedHome;
let router: Router;
beforeEach(async () => {
  home = await PlayedHome.open();
  router = await home.router();
});
afterEach(() => home.device.close());

/** Our Registrar. */
const device = deviceOf(mac("02:00:00:00:00:ee"), CONFIG_METHOD.keypad | CONFIG_METHOD.virtualPushButton);
const byPin = (own: string) => ({ type: "pin", pin: pin(own) }) as const;
const byButton = { type: "pushButton" } as const;

type Story = { readonly [type in EnrolEvent["type"]]?: () => unknown };

/** Enrols, and has things happen at what comes of it; gives all events but the messages. */
async function enrolment(
  options: Omit<EnrolOptions, "router" | "network"> & { readonly network?: NetworkSettings },
  story: Story,
): Promise<readonly EnrolEvent[]> {
  const events: EnrolEvent[] = [];
  for await (const event of enrol({ router, network, device, ...options })) {
    if (event.type !== "message") events.push(event);
    await story[event.type]?.();
  }
  return events;
}

describe("a device that shows a PIN", () => {
  test("is let in by it, and is announced as whom the router expects until it is in", async () => {
    const lamp = home.station("02:00:00:00:05:01", lampPin);
    const events = await enrolment({ method: byPin(lampPin) }, { waiting: () => lamp.begin() });
    expect(events).toMatchObject([
      { type: "waiting" },
      { type: "asked", admitted: true, enrollee: { macAddress: lamp.address } },
      { type: "enrolled", enrollee: { macAddress: lamp.address } },
    ]);
    expect(lamp.state).toMatchObject({ name: "paired", credentials: [{ ssid: network.ssid }] });
    expect(home.selectionsOf(device).map(({ selected }) => selected)).toMatchObject([
      { devicePasswordId: DEVICE_PASSWORD_ID.default, authorizedMacs: [ANYBODY] },
      null,
    ]);
  });

  test("gets the network that was learned from the router, as all that come after it do", async () => {
    const learned = must(await learn({ router, pin: routerPin }));
    for (const address of ["02:00:00:00:05:02", "02:00:00:00:05:03"]) {
      const lamp = home.station(address, lampPin);
      const options = { method: byPin(lampPin), network: learned };
      expect((await enrolment(options, { waiting: () => lamp.begin() })).at(-1)).toMatchObject({ type: "enrolled" });
      expect(lamp.key()).toBe(network.networkKey.revealText());
    }
  });

  test("is let in at the second try where the first one gave nothing of the PIN away", async () => {
    const [other, lamp] = [home.station("02:00:00:00:05:04", farPin), home.station("02:00:00:00:05:05", lampPin)];
    const events = await enrolment(
      { method: byPin(lampPin) },
      { waiting: () => other.begin(), tryFailed: () => lamp.begin() },
    );
    expect(events).toMatchObject([
      { type: "waiting" },
      { type: "asked", admitted: true, enrollee: { macAddress: other.address } },
      { type: "tryFailed", station: other.address },
      { type: "asked", admitted: true, enrollee: { macAddress: lamp.address } },
      { type: "enrolled", enrollee: { macAddress: lamp.address } },
    ]);
    expect(other.state).toMatchObject({ name: "failed" });
  });

  test("whose first half alone is right spends the PIN, and the router is told to expect nobody", async () => {
    const other = home.station("02:00:00:00:05:06", nearPin);
    const events = await enrolment({ method: byPin(lampPin) }, { waiting: () => other.begin() });
    expect(events.slice(-2)).toMatchObject([
      { type: "tryFailed", station: other.address },
      { type: "failed", fault: { kind: "pinSpent" } },
    ]);
    expect(home.selectionsOf(device).at(-1)?.selected).toBeNull();
  });

  test("is let in alone where its address was told, and others are not answered", async () => {
    const [other, lamp] = [home.station("02:00:00:00:05:07", lampPin), home.station("02:00:00:00:05:08", lampPin)];
    const begin = () => {
      other.begin();
      lamp.begin();
    };
    const events = await enrolment({ method: byPin(lampPin), station: lamp.address }, { waiting: begin });
    expect(events.at(-1)).toMatchObject({ type: "enrolled", enrollee: { macAddress: lamp.address } });
    expect(home.offersOf(device)).toEqual([{ station: lamp.address, message: "M2" }]);
    expect(home.selectionsOf(device)[0]?.selected?.authorizedMacs).toEqual([lamp.address]);
  });
});

describe("a device that has its button pressed", () => {
  test("is let in, seen before or not, and a PIN is turned away meanwhile", async () => {
    const [other, lamp] = [home.station("02:00:00:00:05:11", lampPin), home.station("02:00:00:00:05:12")];
    const begin = () => {
      other.begin();
      lamp.probe();
      lamp.begin();
    };
    const events = await enrolment({ method: byButton }, { waiting: begin });
    expect(events).toMatchObject([
      { type: "waiting" },
      { type: "asked", admitted: false, enrollee: { macAddress: other.address } },
      { type: "asked", admitted: true, enrollee: { macAddress: lamp.address } },
      { type: "enrolled", enrollee: { macAddress: lamp.address } },
    ]);
    expect(home.offersOf(device)).toEqual([
      { station: other.address, message: "M2D" },
      { station: lamp.address, message: "M2" },
    ]);
    expect(home.selectionsOf(device)[0]?.selected?.devicePasswordId).toBe(DEVICE_PASSWORD_ID.pushButton);
  });

  test.for([
    ["searches", "probe"],
    ["asks", "begin"],
  ] as const)("is not let in where another one %s, too", async ([, way]) => {
    const [other, lamp] = [home.station("02:00:00:00:05:13"), home.station("02:00:00:00:05:14")];
    const begin = () => {
      other[way]();
      lamp.begin();
    };
    const events = await enrolment({ method: byButton }, { waiting: begin });
    expect(events.at(-1)).toEqual({ type: "failed", fault: { kind: "overlap" } });
    expect([other.state?.name, lamp.state?.name]).not.toContain("paired");
    expect(home.selectionsOf(device).at(-1)?.selected).toBeNull();
  });

  test("that never comes is waited for two minutes", async () => {
    const clock = new VirtualClock();
    const events = await enrolment({ method: byButton, clock }, { waiting: () => void clock.advance(120_000) });
    expect(events.slice(1)).toEqual([{ type: "failed", fault: { kind: "timeout" } }]);
    expect(home.selectionsOf(device).at(-1)?.selected).toBeNull();
  });
});

describe("of several Registrars at one router", () => {
  test("the one that has the PIN lets the device in, and the other one stays out of it", async () => {
    const lamp = home.station("02:00:00:00:05:21", lampPin);
    const without = deviceOf(mac("02:00:00:00:00:ed"));
    const stop = new AbortController();
    const other = enrol({ router, network, device: without, method: byButton, signal: stop.signal });
    const others: EnrolEvent[] = [];
    await other.next();
    const following = (async () => {
      for await (const event of other) others.push(event);
    })().catch(() => {});
    const events = await enrolment({ method: byPin(lampPin) }, { waiting: () => lamp.begin() });
    stop.abort();
    await following;
    expect(events.at(-1)).toMatchObject({ type: "enrolled", enrollee: { macAddress: lamp.address } });
    expect(others.filter(({ type }) => type !== "message")).toMatchObject([{ type: "asked", admitted: false }]);
    expect(home.offersOf(without)).toEqual([{ station: lamp.address, message: "M2D" }]);
  });

  test("each answers only what repeats its own nonce", async () => {
    const lamp = home.station("02:00:00:00:05:22", lampPin);
    lamp.deaf = true;
    const heard: string[] = [];
    for await (const event of enrol({ router, network, device, method: byPin(lampPin) })) {
      heard.push(event.type === "message" ? event.message : event.type);
      if (event.type === "waiting") lamp.begin();
      if (event.type === "asked") lamp.say(m3ToAnother(lamp));
      if (heard.at(-1) === "M3") break;
    }
    expect(heard).toEqual(["waiting", "M1", "asked", "M2", "M3"]);
  });
});

/** What a lamp that has sent its M1 says to a Registrar that is none of ours. */
function m3ToAnother({ address, m1, state }: PlayedStation): Uint8Array {
  const opened = openRegistrar({ device: deviceOf(mac("02:00:00:00:00:ec")) }, drawRegistrar(systemRandom));
  const asked = stepRegistrar(opened, { type: "message", message: { opCode: "WSC_MSG", bytes: m1 } });
  const m2 = stepRegistrar(asked.state, {
    type: "admit",
    password: pinPassword(lampPin),
    credentials: [{ ...network, macAddress: address }],
  }).send;
  const m3 = state === null || m2 === null ? null : stepEnrollee(state, m2).send;
  if (m3 === null) throw new Error("expected M3");
  return m3.bytes;
}

describe("a router", () => {
  test("shows its state and takes new settings from whoever knows its PIN", async () => {
    expect(await routerState({ router })).toEqual({ configured: true, locked: false });
    home.device.state({ locked: true, configurationChanged: false });
    expect(await routerState({ router })).toEqual({ configured: true, locked: true });
    const settings = { ...network, ssid: new TextEncoder().encode("Given") };
    expect(must(await configure({ router, pin: routerPin, settings })).ssid).toEqual(settings.ssid);
    expect(must(await learn({ router, pin: routerPin })).ssid).toEqual(settings.ssid);
  });
});
