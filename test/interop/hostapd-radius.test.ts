/** Our Enrollee meets hostapd's Registrar, over RADIUS instead of a radio: the whole protocol in milliseconds. */
import { pbkdf2Sync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { RadiusClient } from "../../src/radius/client.ts";
import { RADIUS_CODE } from "../../src/radius/packet.ts";
import { CONFIG_METHOD } from "../../src/wsc/attributes.ts";
import { parsePin, pinPassword, pushButtonPassword } from "../../src/wsc/pin.ts";
import { Secret } from "../../src/wsc/secret.ts";
import type { DevicePassword } from "../../src/wsc/session/session.ts";
import { must } from "../vectors.ts";
import { Hostapd, hostapdMissing, network } from "./hostapd.ts";
import { mac, RadiusStation } from "./radius-station.ts";

const missing = hostapdMissing();
const suite = missing === null ? describe : describe.skip;
const withReason = missing === null ? "" : ` (${missing})`;

const pin = (text: string): DevicePassword => pinPassword(must(parsePin(text)));
const instance = mac("02:00:00:00:00:01");

/** Each run is one of another device, so that none finds traces of the one before. */
let devices = 0;

interface EnrolOptions {
  readonly fragmentSize?: number;
  readonly configMethods?: number;
}

async function enrol(hostapd: Hostapd, password: DevicePassword, options: EnrolOptions = {}): Promise<RadiusStation> {
  const { port } = hostapd;
  const secret = new Secret(hostapd.secret);
  const client = await RadiusClient.open({ host: "127.0.0.1", port, secret, clock: systemClock });
  devices++;
  const macAddress = mac(`0200000002${devices.toString(16).padStart(2, "0")}`);
  try {
    const station = new RadiusStation(client, { macAddress, instance, password, ...options });
    await station.run();
    expect(station.code).toBe(RADIUS_CODE.accessReject);
    return station;
  } finally {
    client.close();
  }
}

/** The key that came with the network's name. */
function keyFrom({ peer: { outcome } }: RadiusStation): string | undefined {
  if (outcome?.type !== "paired") throw new Error(`expected paired, got ${JSON.stringify(outcome)}`);
  const [credential] = outcome.credentials;
  expect(new TextDecoder().decode(credential?.ssid)).toBe(network.ssid);
  return credential?.networkKey.revealText();
}

function expectPaired(run: RadiusStation): void {
  const { peer, events } = run;
  expect(keyFrom(run)).toBe(network.passphrase);
  expect(peer.closed).toBe(true);
  expect(events.flatMap((event) => (event.type === "message" ? [event.message] : []))).toEqual([
    "M1",
    "M2",
    "M3",
    "M4",
    "M5",
    "M6",
    "M7",
    "M8",
    "WSC_Done",
  ]);
}

suite(`hostapd as a RADIUS server${withReason}`, () => {
  let hostapd: Hostapd;
  beforeAll(async () => {
    hostapd = await Hostapd.start();
  });
  afterAll(() => hostapd.stop());

  test("hands out its network at a push of the button, and closes its window", async () => {
    await hostapd.command("wps_pbc");
    const run = await enrol(hostapd, pushButtonPassword);
    expectPaired(run);
    // Identity, M1, M3, M5, M7 and Done.
    expect(run.packets).toBe(6);
    await hostapd.says("WPS-REG-SUCCESS");
    await hostapd.says("WPS-PBC-DISABLE");
  });

  test("turns a device away when its button is not pressed", async () => {
    const { peer } = await enrol(hostapd, pushButtonPassword);
    expect(peer.outcome).toEqual({ type: "failed", error: { kind: "turnedAway", configError: 0 } });
  });

  test.each(["12345670", "1234"])("hands it out to whoever knows the PIN %s", async (digits) => {
    await hostapd.command("wps_pin", "any", digits);
    expectPaired(await enrol(hostapd, pin(digits)));
    await hostapd.says("WPS-REG-SUCCESS");
  });

  test("hands out the PSK instead of the passphrase to a device that says it has no display", async () => {
    await hostapd.command("wps_pbc");
    const run = await enrol(hostapd, pushButtonPassword, { configMethods: CONFIG_METHOD.virtualPushButton });
    const { passphrase, ssid } = network;
    expect(keyFrom(run)).toBe(pbkdf2Sync(passphrase, ssid, 4096, 32, "sha1").toString("hex"));
  });

  test("is found out by a wrong first half, at M4", async () => {
    await hostapd.command("wps_pin", "any", "12345670");
    const { peer } = await enrol(hostapd, pin("99995676"));
    expect(peer.outcome).toEqual({ type: "failed", error: { kind: "wrongPassword", half: 1 } });
    await hostapd.says("WPS-FAIL msg=8 config_error=18");
  });

  test("is found out by a wrong second half, at M6", async () => {
    await hostapd.command("wps_pin", "any", "12345670");
    const { peer } = await enrol(hostapd, pin("12340002"));
    expect(peer.outcome).toEqual({ type: "failed", error: { kind: "wrongPassword", half: 2 } });
    await hostapd.says("WPS-FAIL msg=10 config_error=18");
  });

  test("takes our messages in pieces", async () => {
    await hostapd.command("wps_pbc");
    const run = await enrol(hostapd, pushButtonPassword, { fragmentSize: 50 });
    expectPaired(run);
    expect(run.packets).toBeGreaterThan(20);
    await hostapd.says("WPS-REG-SUCCESS");
  });
});

suite(`hostapd that cuts its messages up${withReason}`, () => {
  let hostapd: Hostapd;
  beforeAll(async () => {
    hostapd = await Hostapd.start({ fragmentSize: 60 });
  });
  afterAll(() => hostapd.stop());

  test.each([
    { ours: 1400, from: 12 },
    { ours: 40, from: 30 },
  ])("is understood, with pieces of up to $ours bytes from us", async ({ ours, from }) => {
    await hostapd.command("wps_pbc");
    const run = await enrol(hostapd, pushButtonPassword, { fragmentSize: ours });
    expectPaired(run);
    expect(run.packets).toBeGreaterThan(from);
    await hostapd.says("WPS-REG-SUCCESS");
  });
});
