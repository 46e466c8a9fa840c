/**
 * What people have set on a registrar, for all its access points and for each: kept on disk, then put into force, then
 * noted. What a window is, and who comes through it, is not known here.
 */
import type { Clock, Instant } from "../clock/clock.ts";
import type { AccessPointFacts, RestartSettings } from "../radio/access-point.ts";
import type { Store } from "../store/store.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { Audit } from "./activity.ts";
import {
  type BroughtSettings,
  type CommonSettings,
  type InstanceSettings,
  readBrought,
  readInstance,
  writeBrought,
  writeCommon,
  writeInstance,
} from "./registrar-record.ts";
import type { ServedInstance } from "./served-instance.ts";

/** A radio is not restarted by itself twice in so long: the access point may have gone away because of it. */
const notAgainForMs = 60_000;

export interface WpsSettingsOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** As they are on disk. */
  readonly common: CommonSettings;
  readonly instances: ReadonlyMap<InstanceId, ServedInstance>;
  /** Lets nobody in at this instance any more, until a window is opened anew. */
  readonly closeWindow: (instance: InstanceId) => Promise<void>;
  readonly audit: Audit;
  /** Told of an instance that is another one to look at; null: of what is set for all. */
  readonly changed: (instance: InstanceId | null) => void;
}

export class WpsSettings {
  readonly #options: WpsSettingsOptions;
  #common: CommonSettings;
  /** When a radio was last restarted by itself. */
  readonly #restartedAt = new Map<InstanceId, Instant>();
  /** Changes go one after the other: none of them may undo what another one did meanwhile. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: WpsSettingsOptions) {
    this.#options = options;
    this.#common = options.common;
  }

  get common(): CommonSettings {
    return this.#common;
  }

  /** @throws StoreError when what is stored cannot be read */
  of(instance: InstanceId): Promise<InstanceSettings> {
    return readInstance(this.#options.store, instance);
  }

  changeCommon(change: Partial<CommonSettings>): Promise<void> {
    return this.#inTurn(async () => {
      const { store, instances, audit, changed } = this.#options;
      const before = this.#common;
      const next = { ...before, ...change };
      await writeCommon(store, next);
      this.#common = next;
      if (before.enabled !== next.enabled)
        for (const served of instances.values()) await this.#switched(served, next.enabled);
      await audit("settings-changed", named(Object.keys(change)));
      changed(null);
    });
  }

  changeInstance(served: ServedInstance, change: Partial<InstanceSettings>): Promise<void> {
    return this.#inTurn(async () => {
      const { store, closeWindow, audit, changed } = this.#options;
      const { instance } = served.accessPoint;
      const before = served.settings;
      const next = { ...before, ...change };
      await writeInstance(store, instance, next);
      served.settings = next;
      if (before.enabled !== next.enabled) await this.#switched(served, next.enabled);
      else if (before.builtInRegistrar && !next.builtInRegistrar) await closeWindow(instance);
      await audit("settings-changed", { instance, ...named(Object.keys(change)) });
      changed(instance);
    });
  }

  /** Brings to the air what only a restart of the radio brings there. All its stations are sent away. */
  restart(served: ServedInstance, settings: RestartSettings): Promise<void> {
    return this.#inTurn(async () => {
      const { store, audit, changed } = this.#options;
      const { instance } = served.accessPoint;
      const brought = await readBrought(store, instance);
      await served.accessPoint.restart(settings);
      await writeBrought(store, instance, broughtAfter(brought, settings));
      await audit("radio-restarted", { instance, detail: words(settings).join(", "), keys: broughtKeys(settings) });
      changed(instance);
    });
  }

  /**
   * Brings to the air again what a person had brought there and the access point does not tell any more, because it was
   * started anew. Sends nobody away: where stations are on the radio, it is left to a person.
   */
  bringAgain(served: ServedInstance): Promise<void> {
    return this.#inTurn(async () => {
      const { store, clock, audit, changed } = this.#options;
      const { accessPoint } = served;
      const { instance, facts } = accessPoint;
      const missing = missingOf(await readBrought(store, instance), facts);
      const last = this.#restartedAt.get(instance);
      if (missing === null || (last !== undefined && clock.now() < last + notAgainForMs)) return;
      if (await this.#isInUse(facts.radio)) return;
      this.#restartedAt.set(instance, clock.now());
      await accessPoint.restart(missing);
      const detail = [...words(missing), "brought again after it was started anew"].join(", ");
      await audit("radio-restarted", { instance, detail, keys: [...broughtKeys(missing), "broughtAgain"] });
      changed(instance);
    });
  }

  /** Whether stations are on one of its networks. */
  async #isInUse(radio: string): Promise<boolean> {
    for (const { accessPoint } of this.#options.instances.values())
      if (accessPoint.facts.radio === radio && (await accessPoint.stations()).length > 0) return true;
    return false;
  }

  async #switched(served: ServedInstance, on: boolean): Promise<void> {
    const { instance } = served.accessPoint;
    if (on) served.begin();
    else await this.#options.closeWindow(instance);
    this.#options.changed(instance);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

function broughtAfter(before: BroughtSettings, settings: RestartSettings): BroughtSettings {
  const deviceName = settings.deviceName ?? before.deviceName;
  const wps = settings.wps === "unconfigured" ? undefined : (settings.wps ?? before.wps);
  return { ...(deviceName === undefined ? {} : { deviceName }), ...(wps === undefined ? {} : { wps }) };
}

/** What is not on the air, as far as the access point tells; null: nothing. hostapd that was just met tells no name. */
function missingOf({ deviceName, wps }: BroughtSettings, facts: AccessPointFacts): RestartSettings | null {
  const lacksName = deviceName !== undefined && deviceName !== facts.deviceName;
  const lacksWps = wps !== undefined && wps !== facts.wps;
  if (!lacksName && !lacksWps) return null;
  return { ...(lacksName ? { deviceName } : {}), ...(lacksWps ? { wps } : {}) };
}

/** Settings by their names, which are keys and words at once. */
function named(keys: readonly string[]) {
  return { detail: keys.join(", "), keys };
}

function broughtKeys({ deviceName, wps }: RestartSettings): readonly string[] {
  return [...(deviceName === undefined ? [] : ["deviceName"]), ...(wps === undefined ? [] : [wps])];
}

function words({ deviceName, wps }: RestartSettings): readonly string[] {
  return [deviceName === undefined ? [] : "deviceName", wps === undefined ? [] : `WPS is ${wps}`].flat();
}
