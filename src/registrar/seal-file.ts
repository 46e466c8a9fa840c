/** The file with the key that devices' keys are sealed under. Made at the first start; without it the seals stay shut. */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { StoreError } from "../store/store.ts";
import { fromHex } from "../wsc/bytes.ts";
import { Secret } from "../wsc/secret.ts";
import { SEAL_KEY_LENGTH } from "./seal.ts";

/**
 * Reads the key, or makes one up where there is no file yet, for its owner's eyes only.
 * @throws StoreError when the file cannot be read or written, or holds no such key; it is left as it is
 */
export async function readSealKey(path: string): Promise<Secret> {
  const text = await readFile(path, "utf8").catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return makeSealKey(path);
    throw trouble(path, `cannot be read (${error.code})`);
  });
  if (!new RegExp(`^[0-9a-f]{${2 * SEAL_KEY_LENGTH}}\\n?$`, "i").test(text))
    throw trouble(path, "does not hold a key of 64 hex digits");
  return new Secret(fromHex(text.trim()));
}

async function makeSealKey(path: string): Promise<string> {
  const text = `${randomBytes(SEAL_KEY_LENGTH).toString("hex")}\n`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // Never over one that somebody else has made in the meantime.
    const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw trouble(path, `cannot be made (${(error as NodeJS.ErrnoException).code})`);
  }
  return text;
}

function trouble(path: string, what: string): StoreError {
  return new StoreError(
    "unreadable",
    `The key file ${path} ${what}, so the devices' keys stay sealed.`,
    "Put back the file that belongs to this state folder, or choose another one with --key-file.",
  );
}
