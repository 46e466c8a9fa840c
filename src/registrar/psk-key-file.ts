/** Our devices' keys in hostapd's own file of keys (`wpa_psk_file`), beside whatever else stands in there. */
import { type NewPsk, PskFile, pskLine } from "../radio/hostapd/psk-file.ts";
import { StoreError } from "../store/store.ts";
import { fromHex } from "../wsc/bytes.ts";
import { Secret } from "../wsc/secret.ts";
import type { FiledKey, KeyFile } from "./key-delivery.ts";

/** What the names of our keys begin with, so that we know them again. */
const ours = "openwps-";

/** @param path of the file that `wpa_psk_file` names; it need not be there yet */
export function pskKeyFile(path: string): KeyFile {
  const file = new PskFile(path);
  return {
    write: (keys) =>
      file
        .change((lines) => [
          ...lines.filter(({ entry }) => entry?.keyId?.startsWith(ours) !== true),
          ...named(keys).map(pskLine),
        ])
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

/** What stands for a device's address in the names of keys that are nobody's yet. */
const nobody = "next";

/** A device that enrols anew has two keys until it has taken the second. */
function named(keys: readonly FiledKey[]): readonly NewPsk[] {
  const count = new Map<string, number>();
  return keys.map(({ macAddress, key }) => {
    const whose = macAddress?.replaceAll(":", "") ?? nobody;
    const nth = (count.get(whose) ?? 0) + 1;
    count.set(whose, nth);
    const keyId = `${ours}${whose}${nth === 1 ? "" : `-${nth}`}`;
    return { macAddress, keyId, key: new Secret(fromHex(key.revealText())) };
  });
}
