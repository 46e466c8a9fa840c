/**
 * What a service keeps of itself, station and registrar alike: its names, and whether a password protects it. Their
 * rules, how they are stored, and that they change one at a time; who may ask for a change is decided above.
 */

import { check } from "../schema/check.ts";
import { type Static, Type } from "../schema/type.ts";
import { type Store, StoreError } from "../store/store.ts";
import { Latest } from "../stream/queue.ts";
import { err, ok, type Result } from "../wsc/result.ts";
import { Secret } from "../wsc/secret.ts";

export interface ServiceSettings {
  /** What people call it: 0 to 31 characters. */
  readonly name: string;
  /** One label of a host name (see {@link isHostName}), 1 to 31 characters; also the realm of passwords. */
  readonly hostName: string;
  /** Whether the password has to be given; never without one. */
  readonly protection: boolean;
  /** See {@link readPassword}; null: none is set. */
  readonly password: Secret | null;
}

/** Why a change is refused. Nothing has changed then. */
export type SettingsFault = "bad-name" | "bad-host-name" | "protection-without-password" | "fixed-by-file";

/** Characters of the longest name, host name and password. */
export const longestSetting = 31;

/** Whether this is one label of a host name (RFC 1123, 2.1): letters, digits and hyphens, no hyphen at either end. */
export function isHostName(text: string): boolean {
  return text.length <= longestSetting && /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/i.test(text);
}

/**
 * A password as a person or a file gives it: 1 to 31 characters, none of them a control character, which clients
 * cannot send (RFC 7617, 2). The same letter can be written in two ways; it is kept in the one that clients are told
 * to use (NFC; RFC 8265, 4.2). null: it cannot be a password.
 */
export function readPassword(text: string): Secret | null {
  const composed = text.normalize("NFC");
  const length = [...composed].length;
  return length >= 1 && length <= longestSetting && !/\p{Cc}|\p{Cs}/u.test(composed) ? new Secret(composed) : null;
}

const key = "settings";

/**
 * Opens what is stored, or begins with the defaults.
 * @param fixedPassword a password from outside that nobody can change here: protection is on. Null, or left out:
 * settings decide.
 * @throws StoreError when what is stored cannot be read; it is left as it is, and nobody is let in without a password
 * that may be in it. RangeError when the defaults break the rules.
 */
export async function openServiceSettings(options: {
  readonly store: Store;
  readonly defaults: ServiceSettings;
  readonly fixedPassword?: Secret | null | undefined;
}): Promise<SettingsKeeper> {
  const { store, defaults, fixedPassword = null } = options;
  const fault = faultOf(defaults);
  if (fault !== null) throw new RangeError(`defaults: ${fault}`);
  const entry = await store.get(key);
  if (entry === null) return new SettingsKeeper(store, defaults, fixedPassword);
  const stored = decodeSettings(entry.value);
  if (!stored.ok || faultOf(stored.value) !== null)
    throw new StoreError(
      "unreadable",
      `${stored.ok ? "What is stored of the settings breaks their rules." : stored.error} It was left as it is.`,
      "Run the openwps that wrote it, or move the state folder away to start afresh.",
    );
  return new SettingsKeeper(store, stored.value, fixedPassword);
}

/** The settings in force, and the one way to change them. */
export class SettingsKeeper {
  readonly #store: Store;
  readonly #fixedPassword: Secret | null;
  /** Without the password from outside, so that the settings are as they were when that is gone. */
  #stored: ServiceSettings;
  readonly #current: Latest<ServiceSettings>;
  /** Changes happen one after the other: each starts from what the last one left. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: Store, stored: ServiceSettings, fixedPassword: Secret | null) {
    this.#store = store;
    this.#stored = stored;
    this.#fixedPassword = fixedPassword;
    this.#current = new Latest(this.#inForce(stored));
  }

  get current(): ServiceSettings {
    return this.#current.value;
  }

  /**
   * Changes what is given and leaves the rest, at once; stored when it resolves. A password that is taken away takes
   * protection with it, unless the same change asks for protection.
   * @throws StoreError when the disk refuses; nothing has changed then
   */
  change(part: Partial<ServiceSettings>): Promise<Result<ServiceSettings, SettingsFault>> {
    const turn = this.#turn.then(() => this.#change(part));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** The settings in force at once, and after each change, until the signal aborts. */
  changes({ signal }: { readonly signal: AbortSignal }): AsyncIterable<ServiceSettings> {
    return this.#current.follow(signal);
  }

  async #change(part: Partial<ServiceSettings>): Promise<Result<ServiceSettings, SettingsFault>> {
    if (this.#fixedPassword !== null && (part.password !== undefined || part.protection === false))
      return err("fixed-by-file");
    const left = part.password === null ? { ...this.#stored, protection: false } : this.#stored;
    const { protection, ...rest } = part;
    const next = { ...left, ...rest, ...(protection === undefined || this.#fixedPassword ? {} : { protection }) };
    const fault = faultOf(next);
    if (fault !== null) return err(fault);
    await this.#store.put(key, encodeSettings(next));
    this.#stored = next;
    this.#current.set(this.#inForce(next));
    return ok(this.current);
  }

  #inForce(stored: ServiceSettings): ServiceSettings {
    const password = this.#fixedPassword;
    return password === null ? stored : { ...stored, protection: true, password };
  }
}

function faultOf({ name, hostName, protection, password }: ServiceSettings): SettingsFault | null {
  if ([...name].length > longestSetting || /\p{Cc}|\p{Cs}/u.test(name)) return "bad-name";
  if (!isHostName(hostName)) return "bad-host-name";
  if (protection && password === null) return "protection-without-password";
  return null;
}

const version = 1;

/**
 * As it is stored. The password stands in it as it is, and not as a hash: what Digest needs is as good as the password
 * for whoever reads it (RFC 7616, 5.13), and depends on host name and algorithm, so with hashes renaming the host would
 * lock everybody out, and neither SHA-256 nor Basic could be switched on later. What protects it is the folder, which
 * only the service may read, as it has to be for the keys of networks beside it.
 */
const RecordJson = Type.Object({
  version: Type.Literal(version),
  name: Type.String(),
  hostName: Type.String(),
  protection: Type.Boolean(),
  password: Type.Union([Type.String({ minLength: 1 }), Type.Null()]),
});

function encodeSettings({ name, hostName, protection, password }: ServiceSettings): Uint8Array {
  const json: Static<typeof RecordJson> = {
    version,
    name,
    hostName,
    protection,
    password: password?.revealText() ?? null,
  };
  return new TextEncoder().encode(JSON.stringify(json));
}

/** The error is a sentence that says why it cannot be read. */
function decodeSettings(bytes: Uint8Array): Result<ServiceSettings, string> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return err("What is stored of the settings is not JSON.");
  }
  if (!check(RecordJson, json)) {
    const stored = check(Type.Object({ version: Type.Number() }), json) ? json.version : null;
    return stored !== null && stored > version
      ? err(
          `What is stored of the settings was written by a later openwps (format ${stored}, known here is ${version}).`,
        )
      : err("What is stored of the settings is not in the form that openwps writes.");
  }
  const { name, hostName, protection, password } = json;
  return ok({ name, hostName, protection, password: password === null ? null : new Secret(password) });
}
