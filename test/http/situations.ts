/**
 * What a device may be in when it is asked, and what it answers then: a table for `contract.test.ts`, which adds what goes
 * for every endpoint alike.
 */
import { expect, vi } from "vitest";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { RadioError, type StationRadio } from "../../src/radio/station-radio.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { type Store, StoreError } from "../../src/store/store.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { radioWith } from "../station-world.ts";
import { ask, lines } from "./api-document.ts";
import { type OnAir, openOnAir, scenarioOf } from "./on-air.ts";
import { open } from "./raw-client.ts";

/** Addresses. */
export const wps = "/api/v1/wifi/wps";
export const sta = "/api/v1/wifi/sta/settings";
export const mode = "/api/v1/wifi/mode";
export const system = "/api/v1/settings";
export const session = "/api/v1/session";
export const home = "/demo/access-points/020000000001";
const nowhere = "/demo/access-points/0200000000ff";

/** A row: what is asked, the code, and the error's key or nothing. */
type Row = readonly [
  method: string,
  path: string,
  status: number,
  more?: { body?: unknown; error?: string; headers?: readonly string[] },
];

interface Situation {
  readonly name: string;
  readonly open: () => Promise<OnAir>;
  /** Brings it about. */
  readonly arrange?: (onAir: OnAir, port: number) => Promise<unknown>;
  readonly rows: readonly Row[];
}

const hotspot = { ssid: new TextEncoder().encode("openwps-setup"), key: new Secret("hotspot key") };
/** Good bodies. */
export const network = { enable: true, name: "Home", password: "correct horse battery" };
export const whole = { system: { name: "Meter", host_name: "meter", protection: false, password: "" } };

const right = `Authorization: Basic ${Buffer.from(":from a file").toString("base64")}`;
/** A wrong password, by Basic. */
export const wrong = `Authorization: Basic ${Buffer.from(":guessed").toString("base64")}`;

/** wpa_supplicant that answers FAIL, say; the simulated radio has no reason to. */
const unwilling = (radio: StationRadio): StationRadio => {
  const refuse = async () => {
    throw new RadioError("refused", "The radio did not do it.", "Ask it why.");
  };
  return radioWith(radio, { apply: refuse, residue: refuse, limitPower: refuse });
};
const withoutWps = scenarioOf({
  accessPoints: [{ name: "Old", bssid: "02:00:00:00:00:01", key: "any old key", wps: false }],
});

const fullDisk = (): Store => {
  const memory = createMemoryStore();
  const full = async () => {
    throw new StoreError("full", "The disk of the state folder /x is full.", "Make room on it.");
  };
  return { ...memory, put: full, compareAndSet: full };
};
const lostDisk = (): Store => {
  const memory = createMemoryStore();
  let opened = false;
  return {
    ...memory,
    get: async (key) => {
      if (opened) throw new StoreError("failed", "The state folder /x cannot be read.", "Look after the disk.");
      opened = true;
      return memory.get(key);
    },
  };
};

/** All of them. */
export const situations: readonly Situation[] = [
  {
    name: "of a device at rest",
    open: openOnAir,
    rows: [
      ["GET", "/", 200],
      ["GET", "/healthz", 200],
      ["GET", "/metrics", 200],
      ["GET", "/api/openapi.json", 200],
      ["GET", system, 200],
      ["POST", system, 200, { body: whole }],
      ["PUT", system, 200, { body: { system: { name: "Meter 2" } } }],
      ["PUT", system, 400, { body: { system: { host_name: "-" } }, error: "bad-value" }],
      ["POST", system, 400, { body: { system: { name: "" } }, error: "bad-value" }],
      ["GET", session, 200],
      ["POST", session, 401, { body: { password: "guessed" }, error: "unauthorized" }],
      ["DELETE", session, 204],
      ["GET", "/api/v1/system", 200],
      ["GET", "/api/v1/wifi/scan", 200],
      ["GET", wps, 200],
      ["GET", `${wps}/events`, 200],
      ["DELETE", wps, 204],
      ["POST", wps, 400, { body: { method: "pin", pin: "12345678" }, error: "wrong-check-digit" }],
      ["POST", wps, 400, { body: { method: "pin", pin: "12345" }, error: "bad-pin" }],
      ["POST", wps, 400, { body: { bssid: "02" }, error: "bad-bssid" }],
      ["GET", mode, 200],
      ["PUT", mode, 200, { body: { mode: "OFF" } }],
      ["PUT", mode, 409, { body: { mode: "AP" }, error: "no-hotspot" }],
      ["PUT", mode, 400, { body: { mode: "ON" }, error: "bad-value" }],
      ["GET", sta, 200],
      ["POST", sta, 200, { body: network }],
      ["POST", sta, 400, { body: { enable: true }, error: "bad-value" }],
      ["PUT", sta, 200, { body: { max_tx_power: 10.5 } }],
      ["PUT", sta, 400, { body: { max_tx_power: 10.3 }, error: "bad-value" }],
      ["DELETE", sta, 204],
      ["GET", "/demo/access-points", 200],
      ["GET", "/demo/events", 200],
      ["GET", "/demo/air", 200],
      ["PUT", "/demo/air", 200, { body: { loss: 0 } }],
      ["GET", "/demo/time", 200],
      ["PUT", "/demo/time", 200, { body: { speed: 1 } }],
      ["PUT", "/demo/time", 400, { body: { speed: 0 }, error: "bad-value" }],
      ["GET", "/demo/registrar", 200],
      ["POST", `${home}/button`, 204],
      ["POST", `${home}/stop`, 204],
      ["POST", `${home}/pin`, 204, { body: { pin: "12345670" } }],
      ["POST", `${home}/pin`, 400, { body: { pin: "12345678" }, error: "wrong-check-digit" }],
      ["POST", `${home}/pin`, 400, { body: { pin: "12345" }, error: "bad-pin" }],
      ["POST", `${nowhere}/button`, 404, { error: "unknown-access-point" }],
      ["POST", `${nowhere}/pin`, 404, { body: { pin: "12345670" }, error: "unknown-access-point" }],
      ["POST", `${nowhere}/stop`, 404, { error: "unknown-access-point" }],
      ["POST", wps, 204],
    ],
  },
  {
    name: "in mid-pairing",
    open: openOnAir,
    arrange: (_, port) => ask(port, { method: "POST", path: wps, body: { method: "pin" } }),
    rows: [
      ["POST", wps, 409, { error: "busy" }],
      ["POST", sta, 409, { body: network, error: "busy" }],
      ["PUT", sta, 409, { body: {}, error: "busy" }],
      ["DELETE", sta, 409, { error: "busy" }],
      ["PUT", mode, 409, { body: { mode: "OFF" }, error: "busy" }],
      ["GET", "/api/v1/wifi/scan", 200],
      ["GET", "/api/v1/system", 200],
      ["GET", wps, 200],
      ["DELETE", wps, 204],
    ],
  },
  {
    name: "of a hotspot",
    open: () => openOnAir({ hotspot }),
    arrange: (_, port) => ask(port, { method: "PUT", path: mode, body: { mode: "AP" } }),
    rows: [
      ["GET", mode, 200],
      ["GET", "/api/v1/wifi/scan", 503, { error: "radio-refused" }],
      ["GET", "/api/v1/system", 200],
    ],
  },
  {
    name: "whose radio is gone",
    open: openOnAir,
    arrange: ({ radio }) => radio.unplug(),
    rows: [
      ["GET", "/healthz", 503, { error: "radio-gone" }],
      ["GET", "/api/v1/system", 200],
      ["GET", "/api/v1/wifi/scan", 503, { error: "radio-gone" }],
      ["POST", wps, 503, { error: "radio-gone" }],
      ["POST", sta, 503, { body: network, error: "radio-gone" }],
      ["PUT", sta, 503, { body: { enable: false }, error: "radio-gone" }],
      ["DELETE", sta, 503, { error: "radio-gone" }],
      ["PUT", mode, 503, { body: { mode: "OFF" }, error: "radio-gone" }],
    ],
  },
  {
    name: "whose radio does none of it",
    open: () => openOnAir({ wrap: unwilling }),
    rows: [
      ["POST", wps, 503, { error: "radio-refused" }],
      ["POST", sta, 503, { body: network, error: "radio-refused" }],
      ["PUT", sta, 503, { body: { enable: false }, error: "radio-refused" }],
      ["DELETE", sta, 503, { error: "radio-refused" }],
      ["PUT", mode, 503, { body: { mode: "OFF" }, error: "radio-refused" }],
    ],
  },
  {
    name: "beside an access point without WPS",
    open: () => openOnAir({ scenario: withoutWps }),
    rows: [
      ["POST", `${home}/button`, 503, { error: "radio-refused" }],
      ["POST", `${home}/pin`, 503, { body: { pin: "12345670" }, error: "radio-refused" }],
    ],
  },
  {
    name: "whose disk is full",
    open: () => openOnAir({ store: fullDisk(), settingsStore: fullDisk() }),
    rows: [
      ["POST", system, 500, { body: whole, error: "not-stored" }],
      ["PUT", system, 500, { body: { system: { name: "Meter" } }, error: "not-stored" }],
      ["POST", wps, 500, { error: "not-stored" }],
      ["POST", sta, 500, { body: network, error: "not-stored" }],
      ["PUT", sta, 500, { body: { enable: false }, error: "not-stored" }],
      ["DELETE", sta, 500, { error: "not-stored" }],
      ["PUT", mode, 500, { body: { mode: "OFF" }, error: "not-stored" }],
    ],
  },
  {
    name: "whose disk is lost",
    open: () => openOnAir({ store: lostDisk() }),
    rows: [["GET", "/healthz", 503, { error: "store-gone" }]],
  },
  {
    name: "of which one client watches 16 streams",
    open: openOnAir,
    arrange: async (_, port) => {
      for (let i = 0; i < 16; i++) {
        const socket = await open(port);
        socket.write(lines({ method: "GET", path: `${wps}/events` }));
        await new Promise((resolve) => socket.once("data", resolve));
      }
    },
    rows: [
      ["GET", `${wps}/events`, 429, { error: "too-many-streams" }],
      ["GET", "/demo/events", 429, { error: "too-many-streams" }],
    ],
  },
  {
    name: "whose password is fixed in a file",
    open: () => openOnAir({ password: "from a file" }),
    rows: [
      ["POST", session, 204, { body: { password: "from a file" } }],
      ["POST", system, 409, { body: whole, error: "fixed-by-file", headers: [right] }],
      ["PUT", system, 409, { body: { system: { protection: false } }, error: "fixed-by-file", headers: [right] }],
    ],
  },
  {
    name: "at whose password somebody guesses",
    open: () => openOnAir({ password: "from a file", clock: new VirtualClock() }),
    arrange: async (_, port) => {
      for (let i = 0; i < 6; i++) await ask(port, { method: "POST", path: session, body: { password: "guessed" } });
    },
    rows: [
      ["POST", session, 429, { body: { password: "from a file" }, error: "too-many-attempts" }],
      ["GET", session, 200],
    ],
  },
  {
    name: "of an access point at which two devices ask",
    open: openOnAir,
    arrange: async ({ world, radio }) => {
      for (const one of [radio, world.station("another")]) {
        const events = one.enrol({ type: "pushButton" }, { signal: new AbortController().signal });
        void (async () => {
          for await (const _ of events);
        })();
      }
      // Its registrar has heard of both once it says so itself.
      await vi.waitFor(async () => {
        const pressed = await world.accessPoints[0]?.pressButton();
        if (pressed === "open") await world.accessPoints[0]?.stop();
        expect(pressed).toBe("overlap");
      }, 10_000);
    },
    rows: [["POST", `${home}/button`, 409, { error: "overlap" }]],
  },
];
