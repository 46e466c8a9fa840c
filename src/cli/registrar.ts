/** `openwps registrar`: the service behind access points, from start to a clean end. */
import type { Logger } from "pino";
import type { Clock } from "../clock/clock.ts";
import type { Metric } from "../http/metrics-api.ts";
import { Tally } from "../http/metrics-api.ts";
import { createRegistrarServer } from "../http/registrar-server.ts";
import { RadioError } from "../radio/station-radio.ts";
import { RadiusError } from "../radius/error.ts";
import { type Network, parseNetwork } from "../radius/secrets.ts";
import { RadiusServer } from "../radius/server.ts";
import type { KeyFile } from "../registrar/key-delivery.ts";
import { pskKeyFile } from "../registrar/psk-key-file.ts";
import { Seal } from "../registrar/seal.ts";
import { readSealKey } from "../registrar/seal-file.ts";
import { type RegistrarChange, RegistrarService } from "../registrar/service.ts";
import { openServiceSettings, type SettingsKeeper } from "../settings/settings.ts";
import { openLevelStore } from "../store/level-store.ts";
import { type Store, StoreError } from "../store/store.ts";
import type { MacAddress } from "../wsc/address.ts";
import { systemRandom } from "../wsc/crypto.ts";
import { Secret } from "../wsc/secret.ts";
import { type ApChoice, isReal, openAccessPoints } from "./ap-option.ts";
import { Complaint } from "./complaint.ts";
import { EXIT } from "./exit-codes.ts";
import { isLoopback, listen } from "./listen-option.ts";
import { passwordIn } from "./password-option.ts";
import { deliveryOf, type RegistrarFlags } from "./registrar-options.ts";
import { openUpnp, upnpNetworks } from "./registrar-upnp.ts";
import { opennessOf, readSecretFile } from "./secret-file.ts";
import { aborted } from "./signals.ts";
import { version } from "./version.ts";
import { webFolder } from "./web-folder.ts";

export interface RegistrarCommand {
  readonly aps: readonly ApChoice[];
  readonly flags: RegistrarFlags;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Serves until the signal aborts; every window is closed then. */
export async function runRegistrar(command: RegistrarCommand): Promise<void> {
  const { state } = command.flags;
  const store = await openLevelStore(state);
  try {
    await serve(command, store);
  } finally {
    await store.close();
  }
}

async function serve({ aps, flags, clock, log, signal }: RegistrarCommand, store: Store): Promise<void> {
  const delivery = deliveryOf(flags) ?? "shared";
  const networks = upnpNetworks(flags);
  // Access points of the simulated air ask for keys themselves.
  const anyReal = aps.some(isReal);
  const file = anyReal ? keyFileOf(flags, delivery) : null;
  const settings = await openServiceSettings({
    store,
    defaults: { name: "", hostName: "openwps-registrar", protection: false, password: null },
    fixedPassword: flags.passwordFile === undefined ? null : await passwordIn(flags.passwordFile, log),
  });
  demandPassword(flags, settings);
  const key = await readSealKey(flags.keyFile ?? `${flags.state}.key`);
  const onTrouble = (trouble: unknown) => tellTrouble(log, trouble);
  const service = await RegistrarService.open({
    store,
    seal: new Seal(key, systemRandom),
    clock,
    random: systemRandom,
    keys: delivery === "shared" ? "shared" : "per-device",
    onTrouble,
  });
  const closers: (() => Promise<void>)[] = [() => service.close()];
  try {
    const keysOf = delivery === "shared" ? null : service.keys.bind(service);
    const opened = await openAccessPoints(aps, {
      clock,
      random: systemRandom,
      backing: { desk: service, keysOf },
    });
    // Closed after the service, which has windows to take off the air.
    closers.unshift(() => opened.close());
    const radius = anyReal ? await openRadius(flags, service, clock, log) : null;
    if (radius !== null) closers.push(radius.close);
    for (const accessPoint of opened.accessPoints) await service.serve(accessPoint, file);
    const upnp = await openUpnp({ service, networks, clock, log });
    closers.push(() => upnp.close());
    const server = createRegistrarServer({
      service,
      version,
      settings,
      clock,
      digest: flags.digest,
      basic: flags.basic,
      pages: { folder: webFolder, first: "registrar" },
      checks: [() => store.get("settings")],
      metrics: radius === null ? [] : [radius.metric],
      logger: log.child({}, { level: log.level === "error" ? "error" : "warn" }),
    });
    closers.push(() => server.close());
    const where = await listen(server, flags.listen);
    const keys = anyReal || delivery === "shared" ? delivery : "per-device";
    log.info({ keys, state: flags.state }, `listening on ${where}`);
    for (const { name, facts } of opened.accessPoints)
      log.info(
        { ssid: new TextDecoder().decode(facts.ssid), wps: facts.wps, registrar: facts.registrar },
        `serving ${name}`,
      );
    if (!settings.current.protection) log.info("there is no password, so this machine only is answered");
    await service.bringAgain();
    const telling = tell(service, log, radius, signal);
    await aborted(signal);
    log.info(`stopping (${signal.reason})`);
    await telling;
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

/** Whoever reaches a registrar can let devices into the network. */
function demandPassword({ listen: at }: RegistrarFlags, settings: SettingsKeeper): void {
  if (isLoopback(at) || settings.current.protection) return;
  throw new Complaint(
    "A registrar without a password listens on this machine only, because whoever reaches it can let devices into the network. Give it one with --password-file, or listen on 127.0.0.1.",
    EXIT.usage,
  );
}

function keyFileOf({ pskFile }: RegistrarFlags, delivery: "shared" | "file" | "radius"): KeyFile | null {
  if (delivery !== "file") return null;
  if (pskFile !== undefined) return pskKeyFile(pskFile);
  throw new Complaint(
    "Keys are to be delivered by file. Name it with --psk-file, the same as wpa_psk_file in hostapd's configuration; or deliver them with --key-delivery radius.",
    EXIT.usage,
  );
}

interface OpenRadius {
  readonly metric: Metric;
  /** What was answered about a device is not answered again: its key was taken back. */
  forget(device: MacAddress): void;
  close(): Promise<void>;
}

async function openRadius(
  flags: RegistrarFlags,
  service: RegistrarService,
  clock: Clock,
  log: Logger,
): Promise<OpenRadius> {
  const { radius: at, radiusSecretFile, radiusClients } = flags;
  if (radiusSecretFile === undefined)
    throw new Complaint(
      "Access points bring enrolments by RADIUS, under a shared secret. Put it into a file, name that with --radius-secret-file, and give hostapd the same (auth_server_shared_secret).",
      EXIT.usage,
    );
  const openness = await opennessOf(radiusSecretFile);
  if (openness !== null) log.warn(openness);
  const secret = new Secret(await readSecretFile(radiusSecretFile, "RADIUS secret"));
  if (secret.length === 0) throw new Complaint(`The RADIUS secret in ${radiusSecretFile} is empty.`, EXIT.usage);
  const answers = new Tally();
  const server = await RadiusServer.open({
    listen: [{ host: at.host, port: at.port }],
    secrets: [{ network: networkIn(radiusClients), secret }],
    desk: service,
    keys: {
      answer: async (station, instance) => {
        const keys = service.keys(station, instance);
        return keys.length === 0 ? { type: "reject" } : { type: "keys", keys };
      },
    },
    clock,
    tell: (event) => {
      if (event.type === "dropped") answers.count({ outcome: `dropped: ${event.reason}` });
      else if (event.type === "trouble") tellTrouble(log, event.trouble);
      else answers.count({ outcome: event.type });
    },
  }).catch((error: unknown) => {
    if (error instanceof RadiusError) throw new Complaint(error.message);
    throw error;
  });
  log.info(`RADIUS on ${at.host}:${server.endpoints[0]?.port ?? at.port}`);
  const metric: Metric = {
    name: "radius_requests_total",
    help: "RADIUS requests, by what came of them",
    type: "counter",
    labels: ["outcome"],
    values: () => answers.values(),
  };
  return { metric, forget: (device) => server.forget(device), close: () => server.close() };
}

function networkIn(text: string): Network {
  const network = parseNetwork(text);
  if (network !== null) return network;
  throw new Complaint(
    `--radius-clients ${JSON.stringify(text)} is no network, such as 192.0.2.7 or 10.0.0.0/8.`,
    EXIT.usage,
  );
}

function tellTrouble(log: Logger, trouble: unknown): void {
  if (trouble instanceof RadioError || trouble instanceof StoreError) log.warn(`${trouble.message} ${trouble.hint}`);
  else log.error({ err: trouble }, "a mistake of openwps; please report it");
}

/** Logs what has happened as it comes: runs without their messages, and what people changed. */
async function tell(
  service: RegistrarService,
  log: Logger,
  radius: Pick<OpenRadius, "forget"> | null,
  signal: AbortSignal,
): Promise<void> {
  for await (const change of service.changes({ signal })) {
    if (change.type !== "activity") continue;
    const { entry } = change;
    if (entry.type === "audit" && entry.action === "device-revoked" && entry.station !== null)
      radius?.forget(entry.station);
    tellEntry(change, log);
  }
}

function tellEntry({ entry }: Extract<RegistrarChange, { type: "activity" }>, log: Logger): void {
  if (entry.type === "audit") {
    const { action, instance, station, detail } = entry;
    log.info({ instance, station, detail }, action);
    return;
  }
  const { station, outcome, instance } = entry;
  const { deviceName, macAddress, address } = station;
  log.info(
    { instance, station: macAddress ?? address, name: deviceName, result: outcome.result, reason: outcome.reason },
    outcome.sentence,
  );
}
