/** Our devices' keys in hostapd's own file of keys (`wpa_psk_file`), beside whatever else stands in there. */
import { PskFile, parsePskLine, pskLine } from "../radio/hostapd/psk-file.ts";
import { StoreError } from "../store/store.ts";
import type { MacAddress } from "../wsc/address.ts";
import { fromHex } from "../wsc/bytes.ts";
import { Secret } from "../wsc/secret.ts";
import type { FiledKey, KeyFile } from "./key-delivery.ts";

/** What the names of our keys begin with, so that we know them again. */
const ours = "openwps-";
/** What stands for a device's address in the names of keys that are nobody's yet. */
const nobody = "next";

/** @param path of the file that `wpa_psk_file` names; it need not be there yet */
export function pskKeyFile(path: string): KeyFile {
  const file = new PskFile(path);
  // Of thousands of lines a few are new ones each time.
  const known = new WeakMap<FiledKey, Line>();
  const lineOf = (filed: FiledKey, key: Secret, nth: number): string => {
    const before = known.get(filed);
    if (before?.nth === nth) return before.text;
    const text = pskLine({ ...filed, keyId: nameOf(filed, nth), key: new Secret(fromHex(key.revealText())) });
    known.set(filed, { nth, text });
    return text;
  };
  const changed = (before: readonly string[], keys: readonly FiledKey[]): readonly string[] => {
    const unknown = new Set(keys.flatMap(({ macAddress, key }) => (key === null ? macAddress : [])));
    const stay = before.filter((text) => !isOurs(text) || (unknown.size > 0 && unknown.has(ownerOf(text))));
    const count = new Map<MacAddress | null, number>();
    const lines = keys.flatMap((filed) => {
      if (filed.key === null) return [];
      const nth = (count.get(filed.macAddress) ?? 0) + 1;
      count.set(filed.macAddress, nth);
      return lineOf(filed, filed.key, nth);
    });
    return [...stay, ...lines];
  };
  return {
    write: (keys) =>
      file
        .change((lines) => changed(lines, keys))
        .catch((error: NodeJS.ErrnoException) => {
          throw new StoreError(
            "failed",
            `The file of keys ${path} could not be written (${error.code ?? error.message}), so hostapd does not know the latest of them.`,
            "See to it that it, and the folder that it is in, may be written by openwps and that the disk has room.",
            { cause: error },
          );
        }),
  };
}

interface Line {
  readonly nth: number;
  readonly text: string;
}

/** A device that enrols anew has two keys until it has taken the second. */
function nameOf({ macAddress }: FiledKey, nth: number): string {
  return `${ours}${macAddress?.replaceAll(":", "") ?? nobody}${nth === 1 ? "" : `-${nth}`}`;
}

function isOurs(text: string): boolean {
  if (text.startsWith(`keyid=${ours}`)) return true;
  return text.includes(ours) && parsePskLine(text).entry?.keyId?.startsWith(ours) === true;
}

function ownerOf(text: string): MacAddress | null {
  return parsePskLine(text).entry?.macAddress ?? null;
}
