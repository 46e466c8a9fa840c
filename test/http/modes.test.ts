/**
 * The table of the device's documentation: pairing starts in client mode, as an access point, and with Wi-Fi off, and what
 * becomes of the Wi-Fi, each way that it can end. By requests alone, in virtual time.
 */
import { expect, test } from "vitest";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { type OnAir, openOnAir } from "./on-air.ts";

const wps = "/api/v1/wifi/wps";
const key = "not your business";
const hotspot = { ssid: new TextEncoder().encode("openwps-setup"), key: new Secret("hotspot key") };
/** What the system answer tells, as far as it matters here. */
const home = { mode: "STA", status: "OK", ssid: "Home" };
const neighbour = { ...home, ssid: "Neighbour" };
const ap = { mode: "AP", status: "OK", ssid: null };
const off = { mode: "OFF", status: "Disabled", ssid: null };

const starts = {
  "client mode": { settings: { enable: true, name: "Neighbour", password: key }, mode: "STA", wifi: neighbour },
  "access point mode": { settings: null, mode: "AP", wifi: ap },
  "access point mode, with a network stored": {
    settings: { enable: true, name: "Neighbour", password: key },
    mode: "AP",
    wifi: ap,
  },
  "Wi-Fi off": { settings: null, mode: "OFF", wifi: off },
} as const;
type Start = keyof typeof starts;

/** The ways to end, and what the device is then, by where it started. */
const ends: readonly (readonly [
  result: string,
  end: (device: Device) => Promise<unknown>,
  after: Record<Start, object>,
])[] = [
  [
    "success",
    (device) => device.ask("POST", "/demo/access-points/020000000001/button"),
    {
      "client mode": home,
      "access point mode": home,
      "access point mode, with a network stored": home,
      "Wi-Fi off": home,
    },
  ],
  [
    "timeout",
    (device) => device.clock.advance(120_000),
    {
      "client mode": neighbour,
      "access point mode": off,
      "access point mode, with a network stored": off,
      "Wi-Fi off": off,
    },
  ],
  [
    "overlap",
    async (device) => {
      for (const bssid of ["020000000001", "020000000002"])
        await device.ask("POST", `/demo/access-points/${bssid}/button`);
    },
    {
      "client mode": neighbour,
      "access point mode": off,
      "access point mode, with a network stored": off,
      "Wi-Fi off": off,
    },
  ],
  [
    "cancelled",
    (device) => device.ask("DELETE", wps),
    {
      "client mode": neighbour,
      "access point mode": ap,
      "access point mode, with a network stored": ap,
      "Wi-Fi off": off,
    },
  ],
];

interface Device {
  readonly clock: VirtualClock;
  ask(method: "GET" | "POST" | "PUT" | "DELETE", url: string, payload?: object): Promise<number>;
}

for (const start of Object.keys(starts) as Start[])
  for (const [result, end, after] of ends)
    test(`pairing that starts in ${start} and ends in ${result}`, async () => {
      const clock = new VirtualClock();
      const onAir = await openOnAir({ airClock: clock, hotspot });
      const ask: Device["ask"] = async (method, url, payload) => {
        const answer = onAir.app.inject({ method, url, ...(payload && { payload }) });
        return (await clock.until(Promise.resolve(answer))).statusCode;
      };
      try {
        const { settings, mode, wifi } = starts[start];
        if (settings !== null) expect(await ask("POST", "/api/v1/wifi/sta/settings", settings)).toBe(200);
        expect(await ask("PUT", "/api/v1/wifi/mode", { mode })).toBe(200);
        await clock.until(shows(onAir, wifi));

        expect(await ask("POST", wps)).toBe(204);
        await end({ clock, ask });
        await clock.until(ended(onAir));
        const session = (await onAir.app.inject({ url: wps })).json();
        expect(session).toMatchObject({ active: false, method: "pbc", phase: "ended", result, secondsLeft: 0 });
        await clock.until(shows(onAir, after[start]));
      } finally {
        await clock.until(onAir.close());
      }
    });

async function ended({ station }: OnAir): Promise<void> {
  for await (const { active } of station.sessions({ signal: new AbortController().signal })) if (!active) return;
}

/** Resolves when the system answer shows this. */
async function shows({ app, radio }: OnAir, wanted: object): Promise<void> {
  const system = async () => (await app.inject({ url: "/api/v1/system" })).json().wifi;
  const matches = (wifi: Record<string, unknown>) =>
    Object.entries(wanted).every(([name, value]) => wifi[name] === value);
  if (matches(await system())) return;
  for await (const _ of radio.watch({ signal: new AbortController().signal })) if (matches(await system())) return;
}
