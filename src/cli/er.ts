/**
 * `openwps er`: an external Registrar, for any router on the network that does WPS. Finds routers, reads and changes
 * their settings, lets devices in. What these do on the network is in `upnp/`.
 */
import { type EnrolMethod, enrol } from "../upnp/enrol.ts";
import type { Router } from "../upnp/router.ts";
import { routerState } from "../upnp/router-state.ts";
import { configure, learn, type SettingsEvent } from "../upnp/settings-run.ts";
import { subscribe } from "../upnp/subscription.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { NetworkSettings } from "../wsc/credential.ts";
import type { Pin } from "../wsc/pin.ts";
import { Complaint } from "./complaint.ts";
import { ErDisplay } from "./er-display.ts";
import { type ErContext, modelOf, NO_ROUTER, nameOf, routerJson, search, theRouter } from "./er-router.ts";
import {
  enrolWords,
  eventWords,
  faultSentence,
  settingsJson,
  settingsLines,
  ssidText,
  stateWords,
} from "./er-words.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { tableLines } from "./table.ts";
import { printable } from "./terminal.ts";

/** Prints the routers that answer: a table for people, at the end; one by one for programs. */
export async function runDiscover(context: ErContext): Promise<ExitCode> {
  return shown(context, async (display) => {
    const asked: Promise<readonly string[]>[] = [];
    for await (const router of search(context)) {
      asked.push(row(router, context, display));
      display.now(`Searching for routers ... ${asked.length} found`);
    }
    const rows = await Promise.all(asked);
    display.close();
    if (rows.length === 0) display.say(NO_ROUTER);
    else display.say(...tableLines(["ROUTER", "MODEL", "ADDRESS", "STATE"], rows, display.paint));
    return rows.length === 0 ? EXIT.failed : EXIT.success;
  });
}

async function row(router: Router, { clock, signal }: ErContext, display: ErDisplay): Promise<readonly string[]> {
  const state = await routerState({ router, clock, signal });
  const { configured, locked } = state;
  const word = configured === null ? null : configured ? "configured" : "unconfigured";
  display.print({ type: "router", ...routerJson(router), state: word, locked }, null);
  return [nameOf(router), modelOf(router), router.location.hostname, stateWords(state, display.paint)];
}

/** Reads the settings of a router by its PIN. The key is printed: it is what was asked for. */
export async function runLearn(context: ErContext, pin: Pin): Promise<ExitCode> {
  return shown(context, async (display) => {
    const settings = await settingsBy(await theRouter(context), pin, context, display);
    display.close();
    display.print({ type: "settings", ...settingsJson(settings) }, settingsLines(settings).join("\n"));
    return EXIT.success;
  });
}

/** Gives a router other settings. */
export async function runConfigure(context: ErContext, pin: Pin, settings: NetworkSettings): Promise<ExitCode> {
  return shown(context, async (display) => {
    const router = await theRouter(context);
    const { clock, signal } = context;
    const tell = (event: SettingsEvent) => showProgress(event, `Configuring ${nameOf(router)}`, display);
    const done = await configure({ router, pin, settings, clock, signal, tell });
    if (!done.ok) throw new Complaint(faultSentence(done.error));
    const ssid = ssidText(settings.ssid);
    const line = `${display.paint("green", "✓")} ${nameOf(router)} is now "${printable(ssid)}".`;
    display.print({ type: "configured", ssid }, line);
    return EXIT.success;
  });
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
  return shown(context, async (display) => {
    const { clock, signal } = context;
    const router = await theRouter(context);
    const settings = typeof network === "string" ? await settingsBy(router, network, context, display) : network;
    for await (const event of enrol({
      ...{ router, method, network: settings, clock, signal },
      station: station ?? undefined,
    })) {
      if (event.type === "failed") {
        const message = faultSentence(event.fault);
        display.print(
          { type: event.type, reason: event.fault.kind, message },
          `${display.paint("red", "✗")} ${message}`,
        );
        if (event.fault.kind === "timeout") return EXIT.timeout;
        return event.fault.kind === "overlap" ? EXIT.overlap : EXIT.failed;
      }
      const { object, line } = enrolWords(event, nameOf(router), display.paint);
      if (event.type === "waiting") display.now("");
      display.print(object, line);
      if (event.type === "waiting") display.countDown("Waiting for a device ...", event.closesAt);
      if (event.type === "message") display.now(`${event.station}: ${event.message}`);
    }
    return EXIT.success;
  });
}

/** Prints what the router hears, until it is ended. */
export async function runWatch(context: ErContext): Promise<ExitCode> {
  return shown(context, async (display) => {
    const { clock, signal } = context;
    const router = await theRouter(context);
    const subscribed = await subscribe({ router, clock, signal });
    if (!subscribed.ok) throw new Complaint(faultSentence(subscribed.error));
    const subscription = subscribed.value;
    const leave = () => void subscription.close();
    signal.addEventListener("abort", leave, { once: true });
    display.say(`Listening to ${nameOf(router)}. Ctrl-C ends it.`);
    try {
      for await (const event of subscription.events) {
        if (event.type === "ended") throw new Complaint(faultSentence(event.fault));
        const { object, line } = eventWords(event, display.paint);
        display.print(object, line);
      }
    } finally {
      await subscription.close();
    }
    return EXIT.cancelled;
  });
}

async function settingsBy(
  router: Router,
  pin: Pin,
  { clock, signal }: ErContext,
  display: ErDisplay,
): Promise<NetworkSettings> {
  const tell = (event: SettingsEvent) => showProgress(event, `Reading the settings of ${nameOf(router)}`, display);
  const learned = await learn({ router, pin, clock, signal, tell });
  if (!learned.ok) throw new Complaint(faultSentence(learned.error));
  return learned.value;
}

function showProgress(event: SettingsEvent, doing: string, display: ErDisplay): void {
  if (event.type !== "message") return;
  display.print(event, null);
  display.now(`${doing}: ${event.message} ...`);
}

async function shown({ json, clock }: ErContext, work: (display: ErDisplay) => Promise<ExitCode>): Promise<ExitCode> {
  const display = new ErDisplay(json, clock);
  display.now("Searching for routers ...");
  try {
    return await work(display);
  } finally {
    display.close();
  }
}
