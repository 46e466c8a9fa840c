/** An access point as Enrollee against an external Registrar: what may be read and written, locks. Hostile input is in hostile.test.ts. */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import {
  type ApPlayed,
  type ApPlayOptions,
  apPin,
  apSettings,
  devices,
  playAccessPoint,
} from "../../../test/access-point-pair.ts";
import { seededRandom } from "../../../test/engine-pair.ts";
import { must } from "../../../test/vectors.ts";
import { CONFIG_METHOD } from "../attributes.ts";
import type { NetworkSettings } from "../credential.ts";
import { publicKeyHash } from "../keys.ts";
import { decode, M1, SCHEMAS } from "../messages.ts";
import { Secret } from "../secret.ts";
import { endAccessPoint, openAccessPoint, stepAccessPoint } from "./access-point-enrollee.ts";
import { drawEnrollee } from "./enrollee.ts";
import { endExternalRegistrar, openExternalRegistrar, stepExternalRegistrar } from "./external-registrar.ts";
import { drawRegistrar } from "./registrar.ts";
import type { WscMessage } from "./session.ts";

const told = ({ deliveries }: ApPlayed) => deliveries.map(({ message }) => message.type).join(" ");
const learn = { type: "learn" } as const;
const fresh: NetworkSettings = {
  ssid: new TextEncoder().encode("Fresh"),
  authenticationType: 0x20,
  encryptionType: 0x08,
  networkKey: new Secret("a fresh passphrase"),
};
const configure = { type: "configure", settings: fresh } as const;
const withPin = (text: string) => ({ id: 0, secret: new Secret(text) });
const WHOLE = "M1 M2 M3 M4 M5 M6 M7 M8 WSC_Done WSC_ACK";

describe("a Registrar that knows the PIN", () => {
  test("learns what the access point is, and leaves by a NACK", () => {
    const played = playAccessPoint({ task: learn });
    expect(told(played)).toBe("M1 M2 M3 M4 M5 M6 M7 WSC_NACK");
    expect(played.registrar).toEqual({ name: "learned", settings: apSettings });
    expect(played.accessPoint).toEqual({ name: "read" });
    expect(played.accessPointEvents.map(({ type }) => type)).toEqual(["registrarMet", "passwordProven"]);
  });

  test("gives it new settings, which are acknowledged", () => {
    const played = playAccessPoint({ task: configure });
    expect(told(played)).toBe(WHOLE);
    expect(played.registrar).toEqual({ name: "configured", settings: fresh });
    expect(played.accessPoint).toEqual({ name: "configured", settings: fresh });
    expect(played.registrarEvents).toMatchObject([
      { type: "accessPointMet", accessPoint: { deviceName: "Vector AP", wscState: 2 } },
      { type: "settingsShown", settings: apSettings },
    ]);
  });

  test("is told when the settings cannot be put into force", () => {
    const played = playAccessPoint({ task: configure, decision: { type: "refuse", configError: 0 } });
    expect(played.registrar).toEqual({ name: "failed", error: { kind: "refused", configError: 0, lastSent: "M8" } });
    expect(played.accessPoint).toEqual({ name: "failed", error: { kind: "turnedAway", configError: 0 } });
  });

  test("sees whether it is configured yet", () => {
    const { registrarEvents } = playAccessPoint({ task: learn, wscState: 1 });
    expect(registrarEvents[0]).toMatchObject({ accessPoint: { wscState: 1 } });
  });

  test("sees one mode of a mixed one, the strongest", () => {
    const mixed = { ...apSettings, authenticationType: 0x22, encryptionType: 0x0c };
    expect(playAccessPoint({ task: learn, settings: mixed }).registrar).toEqual({
      name: "learned",
      settings: { ...apSettings, authenticationType: 0x20, encryptionType: 0x08 },
    });
  });

  test("can learn an open network", () => {
    const settings = { ...apSettings, authenticationType: 1, encryptionType: 1, networkKey: new Secret("") };
    expect(playAccessPoint({ task: learn, settings }).registrar).toEqual({ name: "learned", settings });
  });
});

describe("new settings", () => {
  const given = (changes: Partial<NetworkSettings>) =>
    playAccessPoint({ task: { type: "configure", settings: { ...fresh, ...changes } } });
  const taken = (changes: Partial<NetworkSettings>) => {
    const { accessPoint } = given(changes);
    if (accessPoint.name !== "configured") throw new Error(accessPoint.name);
    return accessPoint.settings;
  };
  const fault = (changes: Partial<NetworkSettings>) => {
    const { accessPoint, registrar } = given(changes);
    expect(registrar).toMatchObject({ error: { kind: "refused", configError: 0, lastSent: "M8" } });
    return accessPoint.name === "failed" && accessPoint.error.kind === "badApSettings"
      ? accessPoint.error.fault.kind
      : accessPoint.name;
  };

  test("with TKIP alone get AES beside it", () => expect(taken({ encryptionType: 4 }).encryptionType).toBe(0x0c));
  test("with WPA-PSK alone get WPA2-PSK beside it", () =>
    expect(taken({ authenticationType: 2 }).authenticationType).toBe(0x22));
  test("lose trailing NULs of their SSID", () =>
    expect(taken({ ssid: new TextEncoder().encode("Fresh\0\0") }).ssid).toEqual(fresh.ssid));
  test("with WEP are refused", () => expect(fault({ authenticationType: 1, encryptionType: 2 })).toBe("wep"));
  test("with an encryption that nobody knows are refused", () =>
    expect(fault({ encryptionType: 0x10 })).toBe("badEncryptionType"));
  test("without a name are refused", () => expect(fault({ ssid: new Uint8Array() })).toBe("noSsid"));
  test("with a passphrase of 7 characters are refused", () =>
    expect(fault({ networkKey: new Secret("1234567") })).toBe("badKey"));
});

describe("a wrong PIN", () => {
  test.each([
    ["first", "99995670", 1, "M4"],
    ["second", "12349999", 2, "M6"],
  ] as const)("in its %s half is found by the access point: NACK 18", (_, pin, half, lastSent) => {
    const played = playAccessPoint({ task: learn, registrarPassword: withPin(pin) });
    expect(played.accessPoint).toEqual({ name: "failed", error: { kind: "wrongPassword", half } });
    expect(played.registrar).toEqual({ name: "failed", error: { kind: "refused", configError: 18, lastSent } });
  });
});

describe("an access point that is locked", () => {
  test("answers M2 by NACK 15", () => {
    const played = playAccessPoint({ task: learn, access: { type: "none" } });
    expect(told(played)).toBe("M1 M2 WSC_NACK WSC_NACK");
    expect(played.accessPoint).toEqual({ name: "failed", error: { kind: "setupLocked" } });
    expect(played.registrar).toEqual({ name: "failed", error: { kind: "refused", configError: 15, lastSent: "M2" } });
  });

  test("for writing only, can be read", () => {
    const access = { type: "read", passwords: [apPin] } as const;
    expect(playAccessPoint({ task: learn, access }).registrar).toEqual({ name: "learned", settings: apSettings });
    expect(playAccessPoint({ task: configure, access }).registrar).toEqual({
      name: "failed",
      error: { kind: "refused", configError: 15, lastSent: "M8" },
    });
  });

  test.each([
    ["M2", "M2"],
    ["M4", "M4"],
    ["M6", "M6"],
    ["M8", "M8"],
  ] as const)("while a run awaits %s answers it by NACK 15", (lockBefore, lastSent) => {
    const played = playAccessPoint({ task: configure, lockBefore });
    expect(played.registrar).toEqual({ name: "failed", error: { kind: "refused", configError: 15, lastSent } });
  });

  test("while somebody thinks about new settings, does not take them", () => {
    const played = playAccessPoint({ task: configure, decision: { type: "lock" } });
    expect(played.accessPoint).toEqual({ name: "failed", error: { kind: "setupLocked" } });
  });
});

test("M1 of an access point offers no button", () => {
  const opened = openAccessPoint(
    {
      device: { ...devices.accessPoint, configMethods: CONFIG_METHOD.label | CONFIG_METHOD.physicalPushButton },
      wscState: 2,
      access: { type: "none" },
      settings: apSettings,
    },
    drawEnrollee(seededRandom(5)),
  );
  expect(must(decode(M1, opened.send?.bytes ?? new Uint8Array())).configMethods).toBe(CONFIG_METHOD.label);
});

describe("an access point with an NFC token", () => {
  const token = { id: 0x1234, secret: new Secret("AB".repeat(16)) };
  const access = { type: "readAndWrite", passwords: [token, apPin] } as const;

  test("goes on under the token's password", () =>
    expect(playAccessPoint({ task: learn, access, registrarPassword: token }).registrar.name).toBe("learned"));
  test("goes on under its PIN when the Registrar knows only that", () =>
    expect(playAccessPoint({ task: learn, access, registrarPassword: apPin }).registrar.name).toBe("learned"));
  test("whose public key is not the one of the token gets M2D 20", () => {
    const registrarPassword = { ...token, peerKeyHash: new Uint8Array(20) };
    const played = playAccessPoint({ task: learn, access, registrarPassword });
    expect(told(played)).toBe("M1 M2D WSC_NACK WSC_NACK");
    expect(played.registrar).toEqual({ name: "failed", error: { kind: "turnedAway", configError: 20 } });
    expect(played.accessPoint).toEqual({ name: "failed", error: { kind: "turnedAway", configError: 20 } });
  });
  test("whose public key is the one of the token is served", () => {
    const m1 = playAccessPoint({ task: learn, access }).deliveries[0]?.message.bytes ?? new Uint8Array();
    const registrarPassword = { ...token, peerKeyHash: publicKeyHash(must(decode(M1, m1)).publicKey) };
    expect(playAccessPoint({ task: learn, access, registrarPassword }).registrar.name).toBe("learned");
  });
  test("and a password id that nobody can know (3) is turned away", () => {
    const rekey = { type: "readAndWrite", passwords: [{ ...token, id: 3 }] } as const;
    expect(told(playAccessPoint({ task: learn, access: rekey }))).toBe("M1 M2D WSC_NACK WSC_NACK");
  });
});

describe("a carrier that ends the run", () => {
  const played = playAccessPoint({ task: configure });

  test("leaves settings in force for which Done is out", () => {
    const last = played.deliveries.at(-1);
    if (last?.to !== "accessPoint") throw new Error("the ACK goes to the access point");
    expect(endAccessPoint(last.state)).toEqual({ name: "configured", settings: fresh });
  });

  test("fails it in every other state, and says what was awaited", () => {
    const ends = played.deliveries
      .slice(0, -1)
      .map(({ to, state }) => (to === "accessPoint" ? endAccessPoint(state) : endExternalRegistrar(state)));
    expect(
      ends.map((end) => (end.name === "failed" && end.error.kind === "cutOff" ? end.error.awaited : null)),
    ).toEqual(["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"]);
  });

  test("changes nothing once it is over", () => {
    expect(endAccessPoint(played.accessPoint)).toBe(played.accessPoint);
    expect(endExternalRegistrar(played.registrar)).toBe(played.registrar);
  });
});

describe("whatever a peer does", () => {
  const runs: readonly ApPlayOptions[] = [
    { task: configure },
    { task: learn },
    { task: configure, access: { type: "none" } },
    { task: learn, access: { type: "readAndWrite", passwords: [{ id: 3, secret: new Secret("x") }] } },
  ];
  const deliveries = runs.flatMap((options) => playAccessPoint(options).deliveries);
  const feed = ({ to, state }: (typeof deliveries)[number], message: WscMessage) =>
    to === "accessPoint" ? stepAccessPoint(state, { type: "message", message }) : stepExternalRegistrar(state, message);

  test("every message that is not due ends the run", () => {
    const first = playAccessPoint({ task: configure }).deliveries;
    for (const receiver of first)
      for (const { message, to } of first) {
        if (to !== receiver.to || message === receiver.message) continue;
        const { state } = feed(receiver, message);
        expect(state.name, `${message.type} in ${receiver.state.name}`).toBe("failed");
      }
  });

  test("a finished machine hears nothing any more", () => {
    const played = playAccessPoint({ task: configure });
    for (const { message } of played.deliveries) {
      expect(stepAccessPoint(played.accessPoint, { type: "message", message }).state).toBe(played.accessPoint);
      expect(stepExternalRegistrar(played.registrar, message).state).toBe(played.registrar);
    }
  });

  test("every message is what its schema says", () => {
    for (const { message } of deliveries) must(decode<never>(SCHEMAS[message.type] as never, message.bytes));
  });

  test("no state prints the PIN or a network key", () => {
    const states = playAccessPoint({ task: configure }).deliveries.map(({ state }) => state);
    const text = states.map((state) => inspect(state, { depth: null }) + JSON.stringify(state)).join();
    for (const secret of ["12345670", "vector passphrase one", "a fresh passphrase"])
      expect(text).not.toContain(secret);
  });
});

test("a Registrar is told at once of settings that no attribute can hold", () => {
  const settings = { ...fresh, networkKey: new Secret("x".repeat(65)) };
  const open = () =>
    openExternalRegistrar(
      { device: devices.registrar, password: apPin, task: { type: "configure", settings } },
      drawRegistrar(seededRandom(1)),
    );
  expect(open).toThrow("networkKey: expected 0 to 64 bytes, got 65");
});
