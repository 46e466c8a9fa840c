/**
 * `openwps er`: an external Registrar, for any router on the network that does WPS. Finds routers, reads and changes
 * their settings, lets devices in. What these do on the network is in `upnp/`.
 */
import type { Clock } from "../clock/clock.ts";
import { discover, ownAddresses } from "../upnp/discover.ts";
import { type EnrolMethod, enrol } from "../upnp/enrol.ts";
import { deviceInfo, type Router } from "../upnp/router.ts";
import { runSettings, type SettingsEvent } from "../upnp/settings-run.ts";
import { subscribe } from "../upnp/subscription.ts";
import { uuidName } from "../upnp/wlan-config.ts";
import type { MacAddress } from "../wsc/address.ts";
import { macAddressFrom } from "../wsc/address.ts";
import { AUTHENTICATION_TYPE, CONFIG_METHOD, ENCRYPTION_TYPE, RF_BAND, WSC_STATE } from "../wsc/attributes.ts";
import type { NetworkSettings } from "../wsc/credential.ts";
import { systemRandom, uuidFromMac } from "../wsc/crypto.ts";
import type { DeviceInfo } from "../wsc/device.ts";
import { decode, M1, messageTypeOf } from "../wsc/messages.ts";
import { type Pin, pinPassword } from "../wsc/pin.ts";
import { Complaint } from "./complaint.ts";
import { enrolWords, faultSentence } from "./er-words.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { pad, printable } from "./terminal.ts";

/** What all of them are given. */
export interface ErContext {
  /** The network's interface; all of this machine without it. */
  readonly interfaceName: string | null;
  /** A router's name, UUID or address; the only one there is without it. */
  readonly router: string | null;
  readonly json: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Prints the routers as they answer. */
export async function runDiscover(context: ErContext): Promise<ExitCode> {
  const { json } = context;
  let found = 0;
  for await (const router of search(context)) {
    found++;
    const state = await stateOf(router, context);
    print(json, { type: "router", ...routerJson(router), state }, () =>
      [
        pad(printable(nameOf(router)), 24),
        pad(printable(`${router.description.manufacturer} ${router.description.modelName}`), 32),
        pad(router.location.hostname, 16),
        state ?? "does not say",
      ].join("  "),
    );
  }
  if (found > 0) return EXIT.success;
  if (!json) say("No router on this network does WPS by UPnP.");
  return EXIT.failed;
}

/** Reads the settings of a router by its PIN. The key is printed: it is what was asked for. */
export async function runLearn(context: ErContext, pin: Pin): Promise<ExitCode> {
  const router = await theRouter(context);
  const settings = await settingsBy(router, pin, context);
  print(context.json, { type: "settings", ...settingsJson(settings) }, () => settingsLines(settings).join("\n"));
  return EXIT.success;
}

/** Gives a router other settings. */
export async function runConfigure(context: ErContext, pin: Pin, settings: NetworkSettings): Promise<ExitCode> {
  const router = await theRouter(context);
  const done = await runSettings({
    router,
    config: { device: ownDevice(), password: pinPassword(pin), task: { type: "configure", settings } },
    random: systemRandom,
    clock: context.clock,
    signal: context.signal,
    tell: (event) => showProgress(event, context.json),
  });
  if (!done.ok) throw new Complaint(faultSentence(done.error));
  print(
    context.json,
    { type: "configured", ssid: text(settings.ssid) },
    () => `✓ ${nameOf(router)} is now "${printable(text(settings.ssid))}".`,
  );
  return EXIT.success;
}

export interface EnrolCommand {
  readonly method: EnrolMethod;
  /** Only this device. */
  readonly station: MacAddress | null;
  /** The network that the device is to join, or the PIN by which the router tells it. */
  readonly network: NetworkSettings | Pin;
}

/** Lets one device in through a router. */
export async function runEnrol(context: ErContext, { method, station, network }: EnrolCommand): Promise<ExitCode> {
  const { json, clock, signal } = context;
  const router = await theRouter(context);
  const settings = typeof network === "string" ? await settingsBy(router, network, context) : network;
  const device = ownDevice();
  const events = enrol({
    router,
    device,
    method,
    network: settings,
    station: station ?? undefined,
    clock,
    random: systemRandom,
    signal,
  });
  for await (const event of events) {
    if (event.type === "failed") {
      const message = faultSentence(event.fault);
      print(json, { type: event.type, reason: event.fault.kind, message }, () => `✗ ${message}`);
      if (event.fault.kind === "timeout") return EXIT.timeout;
      return event.fault.kind === "overlap" ? EXIT.overlap : EXIT.failed;
    }
    const { object, line } = enrolWords(event, nameOf(router));
    if (json || line !== null) print(json, object, () => line ?? "");
  }
  return EXIT.success;
}

/** Prints what the router hears, until it is ended. */
export async function runWatch(context: ErContext): Promise<ExitCode> {
  const { json, clock, signal } = context;
  const router = await theRouter(context);
  const subscribed = await subscribe({ router, clock, random: systemRandom, signal });
  if (!subscribed.ok) throw new Complaint(faultSentence(subscribed.error));
  const subscription = subscribed.value;
  const leave = () => void subscription.close();
  signal.addEventListener("abort", leave, { once: true });
  for await (const event of subscription.events) {
    switch (event.type) {
      case "message":
      case "probeRequest": {
        const what = event.type === "message" ? (messageTypeOf(event.bytes) ?? "no message") : "Probe Request";
        print(
          json,
          { type: event.type, station: event.station, message: event.type === "message" ? what : null },
          () => `${event.station}  ${what}`,
        );
        break;
      }
      case "status":
        print(json, event, () => `the router's status is ${event.accessPoint}`);
        break;
      case "gap":
        print(json, event, () => "events were lost");
        break;
    }
  }
  return EXIT.cancelled;
}

function search({ interfaceName, clock, signal }: ErContext): AsyncIterable<Router> {
  const addresses = ownAddresses(interfaceName);
  if (addresses.length === 0)
    throw new Complaint(
      interfaceName === null
        ? "This machine is on no IPv4 network. Connect it to the router's network first."
        : `The interface ${interfaceName} has no IPv4 address. Name one that is on the router's network.`,
    );
  return discover({ addresses, clock, signal });
}

/** The router that was meant. */
async function theRouter(context: ErContext): Promise<Router> {
  const found: Router[] = [];
  for await (const router of search(context)) {
    if (context.router === null) found.push(router);
    else if (isNamed(router, context.router)) return router;
  }
  const [only, ...others] = found;
  if (context.router !== null)
    throw new Complaint(`No router called ${printable(context.router)} answers. See: openwps er discover`);
  if (only === undefined) throw new Complaint("No router on this network does WPS by UPnP.");
  if (others.length > 0)
    throw new Complaint(
      `Several routers answer: ${found.map((one) => printable(nameOf(one))).join(", ")}. Say which one with --router.`,
      EXIT.usage,
    );
  return only;
}

function isNamed({ description, location }: Router, name: string): boolean {
  const uuid = uuidName(description.uuid).slice("uuid:".length);
  return [description.friendlyName, uuid, location.hostname].some((one) => one.toLowerCase() === name.toLowerCase());
}

async function settingsBy(router: Router, pin: Pin, { json, clock, signal }: ErContext): Promise<NetworkSettings> {
  const learned = await runSettings({
    router,
    config: { device: ownDevice(), password: pinPassword(pin), task: { type: "learn" } },
    random: systemRandom,
    clock,
    signal,
    tell: (event) => showProgress(event, json),
  });
  if (!learned.ok) throw new Complaint(faultSentence(learned.error));
  return learned.value;
}

/** Configured or not, by its M1; null for a router without one. */
async function stateOf(router: Router, { clock, signal }: ErContext): Promise<"configured" | "unconfigured" | null> {
  const info = await deviceInfo(router, { clock, signal });
  const m1 = info.ok ? decode(M1, info.value) : null;
  if (!m1?.ok) return null;
  return m1.value.wscState === WSC_STATE.configured ? "configured" : "unconfigured";
}

/** A Registrar without a radio, with another address at each start: nothing is remembered of it. */
function ownDevice(): DeviceInfo {
  const random = systemRandom("key", 6);
  // Locally administered, and one host.
  const macAddress = macAddressFrom(random.with(0, ((random[0] ?? 0) & 0xfc) | 0x02));
  return {
    uuid: uuidFromMac(macAddress),
    macAddress,
    manufacturer: "openwps",
    modelName: "openwps er",
    modelNumber: "1",
    serialNumber: "1",
    deviceName: "openwps",
    // Category 1 (computer), OUI of the Wi-Fi Alliance, subcategory 1 (PC).
    primaryDeviceType: Uint8Array.of(0, 1, 0x00, 0x50, 0xf2, 0x04, 0, 1),
    configMethods: CONFIG_METHOD.label | CONFIG_METHOD.keypad | CONFIG_METHOD.virtualPushButton,
    rfBands: RF_BAND.ghz24 | RF_BAND.ghz5,
    osVersion: 0x8000_0000,
    authenticationTypes: AUTHENTICATION_TYPE.open | AUTHENTICATION_TYPE.wpaPsk | AUTHENTICATION_TYPE.wpa2Psk,
    encryptionTypes: ENCRYPTION_TYPE.none | ENCRYPTION_TYPE.tkip | ENCRYPTION_TYPE.aes,
  };
}

function showProgress(event: SettingsEvent, json: boolean): void {
  if (json && event.type === "message") print(true, event, () => "");
}

function print(json: boolean, object: object, line: () => string): void {
  say(json ? JSON.stringify(object) : line());
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const text = (ssid: Uint8Array) => new TextDecoder().decode(ssid);
const nameOf = ({ description, location }: Router) => description.friendlyName || location.hostname;
const routerJson = ({ description, location }: Router) => ({
  name: description.friendlyName,
  uuid: uuidName(description.uuid).slice("uuid:".length),
  address: location.hostname,
  manufacturer: description.manufacturer,
  model: description.modelName,
  modelNumber: description.modelNumber,
});
const settingsJson = (settings: NetworkSettings) => ({
  ssid: text(settings.ssid),
  security: securityOf(settings),
  key: settings.networkKey.length === 0 ? null : settings.networkKey.revealText(),
});

function settingsLines(settings: NetworkSettings): readonly string[] {
  const { ssid, security, key } = settingsJson(settings);
  return [
    `SSID      ${printable(ssid)}`,
    `Security  ${security}`,
    ...(key === null ? [] : [`Key       ${printable(key)}`]),
  ];
}

function securityOf({ authenticationType }: NetworkSettings): string {
  const { open, wpaPsk, wpa2Psk } = AUTHENTICATION_TYPE;
  const names = [
    [open, "open"],
    [wpaPsk, "WPA"],
    [wpa2Psk, "WPA2"],
  ] as const;
  return names.flatMap(([bit, name]) => (authenticationType & bit ? [name] : [])).join("-") || "unknown";
}
