/** What people have set on a registrar, as it is kept: one record for all of it, two for each instance. */

import { check } from "../schema/check.ts";
import { type Static, type TSchema, Type } from "../schema/type.ts";
import { type Store, StoreError } from "../store/store.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";

const Common = Type.Object({
  /** WPS as a whole: off, every instance refuses. */
  enabled: Type.Boolean(),
  /** What M2 and M1 tell, 1..32 bytes. */
  deviceName: Type.String({ minLength: 1, maxLength: 32 }),
});

const Instance = Type.Object({
  enabled: Type.Boolean(),
  /** Off: enrolments are handed to external Registrars, and without one nobody enrols. */
  builtInRegistrar: Type.Boolean(),
});

const Brought = Type.Object({
  deviceName: Type.Optional(Type.String({ maxLength: 32 })),
  /** Not `unconfigured`: that lets an external Registrar change the network, so a person says it each time anew. */
  wps: Type.Optional(Type.Union([Type.Literal("disabled"), Type.Literal("configured")])),
});

/** See the fields of the schema. */
export type CommonSettings = Readonly<Static<typeof Common>>;
/** See the fields of the schema. */
export type InstanceSettings = Readonly<Static<typeof Instance>>;
/** What a person has brought to the air of an instance by a restart of its radio. See the fields of the schema. */
export type BroughtSettings = Readonly<Static<typeof Brought>>;

const commonKey = "registrar/settings";
const instanceKey = (instance: InstanceId) => `registrar/instance/${instance}`;
const broughtKey = (instance: InstanceId) => `registrar/brought/${instance}`;

const commonDefaults: CommonSettings = { enabled: true, deviceName: "openwps" };
const instanceDefaults: InstanceSettings = { enabled: true, builtInRegistrar: true };

/** @throws StoreError when what is stored cannot be read, as the next one does */
export const readCommon = (store: Store): Promise<CommonSettings> => read(store, commonKey, Common, commonDefaults);

export const readInstance = (store: Store, instance: InstanceId): Promise<InstanceSettings> =>
  read(store, instanceKey(instance), Instance, instanceDefaults);

export const writeCommon = (store: Store, settings: CommonSettings): Promise<void> => write(store, commonKey, settings);

export const writeInstance = (store: Store, instance: InstanceId, settings: InstanceSettings): Promise<void> =>
  write(store, instanceKey(instance), settings);

export const readBrought = (store: Store, instance: InstanceId): Promise<BroughtSettings> =>
  read(store, broughtKey(instance), Brought, {});

export const writeBrought = (store: Store, instance: InstanceId, settings: BroughtSettings): Promise<void> =>
  write(store, broughtKey(instance), settings);

async function read<S extends TSchema>(
  store: Store,
  key: string,
  schema: S,
  defaults: Static<S>,
): Promise<Readonly<Static<S>>> {
  const entry = await store.get(key);
  if (entry === null) return defaults;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(entry.value));
  } catch {}
  if (check(schema, json)) return json;
  throw new StoreError(
    "unreadable",
    `What is stored under ${key} is not in the form that this openwps writes. It was left as it is.`,
    "Run the openwps that wrote it, or move the state folder away to start afresh.",
  );
}

async function write(store: Store, key: string, settings: object): Promise<void> {
  await store.put(key, new TextEncoder().encode(JSON.stringify(settings)));
}
