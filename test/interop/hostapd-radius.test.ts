/** Our Enrollee meets hostapd's Registrar, over RADIUS instead of a radio: the whole protocol in milliseconds. */
import { pbkdf2Sync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { RadiusClient } from "../../src/radius/client.ts";
import {
  eapAttributes,
  eapIn,
  firstValue,
  RADIUS_ATTRIBUTE,
  RADIUS_CODE,
  type RadiusAttribute,
} from "../../src/radius/packet.ts";
import { parseMacAddress } from "../../src/wsc/address.ts";
import { AUTHENTICATION_TYPE, CONFIG_METHOD, ENCRYPTION_TYPE } from "../../src/wsc/attributes.ts";
import { fromHex } from "../../src/wsc/bytes.ts";
import { systemRandom, uuidFromMac } from "../../src/wsc/crypto.ts";
import { buildPacket, ENROLLEE_IDENTITY } from "../../src/wsc/eap/packet.ts";
import { openPeer, type PeerEvent, stepPeer } from "../../src/wsc/eap/peer.ts";
import { parsePin, pinPassword, pushButtonPassword } from "../../src/wsc/pin.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { drawEnrollee } from "../../src/wsc/session/enrollee.ts";
import type { DevicePassword } from "../../src/wsc/session/session.ts";
import { must } from "../vectors.ts";
import { Hostapd, hostapdMissing, network } from "./hostapd.ts";

const missing = hostapdMissing();
const suite = missing === null ? describe : describe.skip;
const withReason = missing === null ? "" : ` (${missing})`;

const pin = (text: string): DevicePassword => pinPassword(must(parsePin(text)));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Each run is one of another device, so that none finds traces of the one before. */
let devices = 0;
function nextDevice(configMethods: number) {
  devices++;
  const macAddress = parseMacAddress(`0200000002${devices.toString(16).padStart(2, "0")}`);
  if (macAddress === null) throw new Error("no address left");
  return {
    uuid: uuidFromMac(macAddress),
    macAddress,
    manufacturer: "Example",
    modelName: "Example",
    modelNumber: "1",
    serialNumber: "1",
    deviceName: "Interop device",
    primaryDeviceType: fromHex("00010050f2040001"),
    configMethods,
    rfBands: 1,
    osVersion: 0,
    authenticationTypes: AUTHENTICATION_TYPE.open | AUTHENTICATION_TYPE.wpa2Psk,
    encryptionTypes: ENCRYPTION_TYPE.none | ENCRYPTION_TYPE.aes,
  };
}

interface EnrolOptions {
  readonly fragmentSize?: number;
  readonly configMethods?: number;
}

/** One run: EAP in Access-Requests, State echoed, until the server has had enough. */
async function enrol(hostapd: Hostapd, password: DevicePassword, options: EnrolOptions = {}) {
  const { port } = hostapd;
  const secret = new Secret(hostapd.secret);
  const client = await RadiusClient.open({ host: "127.0.0.1", port, secret, clock: systemClock });
  const device = nextDevice(options.configMethods ?? CONFIG_METHOD.virtualPushButton | CONFIG_METHOD.virtualDisplay);
  let peer = openPeer({ device, password }, drawEnrollee(systemRandom), options);
  const events: PeerEvent[] = [];
  const head: readonly RadiusAttribute[] = [
    { type: RADIUS_ATTRIBUTE.userName, value: text(ENROLLEE_IDENTITY) },
    { type: RADIUS_ATTRIBUTE.nasIdentifier, value: text("interop") },
    { type: RADIUS_ATTRIBUTE.callingStationId, value: text(device.macAddress.replaceAll(":", "-").toUpperCase()) },
  ];
  let packets = 0;
  let state: readonly RadiusAttribute[] = [];
  let request = buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });
  try {
    while (true) {
      const step = stepPeer(peer, request);
      peer = step.state;
      events.push(...step.events);
      if (step.reply === null) return { peer, events, packets };
      packets++;
      const answer = await client.request([...head, ...state, ...eapAttributes(step.reply)]);
      const eap = eapIn(answer);
      if (eap === null) throw new Error(`expected EAP in the answer, got code ${answer.code}`);
      request = eap;
      const value = firstValue(answer, RADIUS_ATTRIBUTE.state);
      state = value === null ? [] : [{ type: RADIUS_ATTRIBUTE.state, value }];
      if (answer.code !== RADIUS_CODE.accessChallenge) expect(answer.code).toBe(RADIUS_CODE.accessReject);
    }
  } finally {
    client.close();
  }
}

type Enrolled = Awaited<ReturnType<typeof enrol>>;

/** The key that came with the network's name. */
function keyFrom({ peer: { outcome } }: Enrolled): string | undefined {
  if (outcome?.type !== "paired") throw new Error(`expected paired, got ${JSON.stringify(outcome)}`);
  const [credential] = outcome.credentials;
  expect(new TextDecoder().decode(credential?.ssid)).toBe(network.ssid);
  return credential?.networkKey.revealText();
}

function expectPaired(run: Enrolled): void {
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
