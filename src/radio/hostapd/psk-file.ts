/**
 * hostapd's file of keys (`wpa_psk_file`): a line for each key, with the station that it is for and the key's name.
 * Read as hostapd 2.10 reads it, and changed so that a crash leaves the old file or the new one, and never loses what
 * others wrote into it. Whose key is whose, and when hostapd is told, is decided elsewhere.
 */
import { chmod, chown, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type MacAddress, parseMacAddress } from "../../wsc/address.ts";
import { toHex } from "../../wsc/bytes.ts";
import { Secret } from "../../wsc/secret.ts";

/** A key of the file. */
export interface PskEntry {
  /** The station that it is for; null: any. */
  readonly macAddress: MacAddress | null;
  /** Its name, which hostapd tells when a station connects with it. */
  readonly keyId: string | null;
  /** 64 hex digits, or a passphrase of 8..63 characters. */
  readonly key: Secret;
  /** hostapd's own Registrar made it, or may hand it out. */
  readonly wps: boolean;
}

/** A line as it stands in the file, a character a byte, and what hostapd makes of it. */
export interface PskLine {
  readonly text: string;
  /** Null for a comment, an empty line, or one that hostapd cannot read. */
  readonly entry: PskEntry | null;
  /** Why hostapd cannot read it. There it stops, and knows no key of a later line. Holds no key. */
  readonly fault: string | null;
}

/** What is to be written. */
export interface NewPsk {
  /** null: for any station. */
  readonly macAddress: MacAddress | null;
  /** 1..31 characters of letters, digits and `-_.:`. */
  readonly keyId: string;
  /** Exactly 32 bytes. */
  readonly key: Secret;
}

/** hostapd reads so many bytes as one line, its end included; what is over is another line to it. */
const longestLine = 127;
const longestKeyId = 31;
/** In the place of a station's address. */
const anybody = "00:00:00:00:00:00";

/** Reads the whole file, a character a byte. Total on any text. */
export function parsePskFile(text: string): readonly PskLine[] {
  return linesOf(text).map(parsePskLine);
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  // The end of the last line is no line.
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Reads one line, without its end. */
export function parsePskLine(text: string): PskLine {
  const fault = (reason: string): PskLine => ({ text, entry: null, fault: reason });
  if (text === "" || text.startsWith("#")) return { text, entry: null, fault: null };
  if (text.length >= longestLine) return fault("it is longer than 126 bytes");
  let rest = text;
  let keyId: string | null = null;
  let wps = false;
  for (;;) {
    // Blanks before a word do not count; one behind it ends it.
    const [whole = "", word = ""] = /^ *([^ ]*) ?/.exec(rest) ?? [];
    rest = rest.slice(whole.length);
    const sign = word.indexOf("=");
    if (sign < 0) {
      const entry = readEntry(word, rest, keyId, wps);
      return typeof entry === "string" ? fault(entry) : { text, entry, fault: null };
    }
    const name = word.slice(0, sign);
    const value = word.slice(sign + 1);
    if (name === "keyid") keyId = value;
    else if (name === "wps") wps = Number.parseInt(value, 10) > 0;
    else if (name !== "vlanid") return fault("it has a setting other than keyid, wps and vlanid");
  }
}

function readEntry(address: string, key: string, keyId: string | null, wps: boolean): PskEntry | string {
  const macAddress = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/i.test(address) ? parseMacAddress(address.slice(0, 17)) : null;
  if (macAddress === null) return "it has no MAC address before the key";
  if (!/^[0-9a-f]{64}$/i.test(key) && (key.length < 8 || key.length > 63))
    return "its key is neither 64 hex digits nor a passphrase of 8 to 63 characters";
  if (keyId !== null && keyId.length > longestKeyId) return "its keyid is longer than 31 characters";
  return {
    macAddress: macAddress === anybody ? null : macAddress,
    keyId: keyId === "" ? null : keyId,
    key: new Secret(key),
    wps,
  };
}

/** The line for a key. @throws RangeError for a name or key that does not fit, without the key in it */
export function pskLine({ macAddress, keyId, key }: NewPsk): string {
  if (!/^[\w.:-]{1,31}$/.test(keyId))
    throw new RangeError(`keyId: expected 1 to 31 letters, digits and -_.:, got ${JSON.stringify(keyId)}`);
  if (key.length !== 32) throw new RangeError(`key: expected 32 bytes, got ${key.length}`);
  return `keyid=${keyId} ${macAddress ?? anybody} ${toHex(key.reveal())}`;
}

/** The file's text again. */
export function formatPskFile(lines: readonly string[]): string {
  return lines.map((text) => `${text}\n`).join("");
}

/** One such file. It need not be there yet. Changes of one object go one after another. */
export class PskFile {
  readonly #path: string;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Its lines; none when there is no file. Rejects as `node:fs` does when it cannot be read. */
  async read(): Promise<readonly string[]> {
    try {
      // hostapd knows bytes: a passphrase that is no UTF-8 has to stay what it is.
      return linesOf(await readFile(this.#path, "latin1"));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /**
   * Changes it: `edit` is given the lines as they are now. Resolves when the new file is on disk whole; a rejection
   * leaves the old one. Mode and owner stay; a new file is its owner's alone. What hostapd's own Registrar appends in
   * the same moment may be lost.
   */
  change(edit: (lines: readonly string[]) => readonly string[]): Promise<void> {
    const done = this.#turn.then(async () => {
      const before = await this.read();
      const text = formatPskFile(edit(before));
      if (text !== formatPskFile(before)) await replaceFile(this.#path, text);
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** Puts another file in a file's place, at once and for good, a link's aim included. */
async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch((error: unknown) => {
    if (isMissing(error)) return path;
    throw error;
  });
  const old = await stat(target).catch(() => null);
  // Always the same, so that of what a crash leaves there is never more than one, and not for long.
  const fresh = join(dirname(target), `.${basename(target)}.openwps`);
  try {
    await rm(fresh, { force: true });
    const file = await open(fresh, "wx", 0o600);
    try {
      await file.writeFile(text, "latin1");
      await file.sync();
    } finally {
      await file.close();
    }
    if (old !== null) {
      const owner = await stat(fresh);
      if (owner.uid !== old.uid || owner.gid !== old.gid) await chown(fresh, old.uid, old.gid);
      await chmod(fresh, old.mode & 0o7777);
    }
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
  // The new name is on disk only when its folder is.
  const folder = await open(dirname(target), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
