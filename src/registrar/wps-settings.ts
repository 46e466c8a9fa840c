/**
 * What people have set on a registrar, for all its access points and for each: kept on disk, then put into force, then
 * noted. What a window is, and who comes through it, is not known here.
 */
import type { RestartSettings } from "../radio/access-point.ts";
import type { Store } from "../store/store.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { Audit } from "./activity.ts";
import {
  type CommonSettings,
  type InstanceSettings,
  readInstance,
  writeCommon,
  writeInstance,
} from "./registrar-record.ts";
import type { ServedInstance } from "./served-instance.ts";

export interface WpsSettingsOptions {
  readonly store: Store;
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
      await audit("settings-changed", { detail: Object.keys(change).join(", ") });
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
      await audit("settings-changed", { instance, detail: Object.keys(change).join(", ") });
      changed(instance);
    });
  }

  /** Brings to the air what only a restart of the radio brings there. All its stations are sent away. */
  restart(served: ServedInstance, settings: RestartSettings): Promise<void> {
    return this.#inTurn(async () => {
      const { instance } = served.accessPoint;
      await served.accessPoint.restart(settings);
      const { deviceName, wps } = settings;
      const detail = [deviceName === undefined ? [] : "deviceName", wps === undefined ? [] : `WPS is ${wps}`].flat();
      await this.#options.audit("radio-restarted", { instance, detail: detail.join(", ") });
      this.#options.changed(instance);
    });
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
