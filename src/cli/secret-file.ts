/** Secrets come from files, not from the command line, where everybody on the machine can read them (but see er-options.ts). */
import { readFile, stat } from "node:fs/promises";
import { Complaint } from "./complaint.ts";
import { EXIT } from "./exit-codes.ts";

/** What a file holds, without the line break at its end. @param what it is, for complaints: "password" */
export async function readSecretFile(path: string, what: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "there is no such file" : `it cannot be read (${error.code})`;
    throw new Complaint(`The ${what} in ${path} was not read: ${why}.`, EXIT.usage);
  });
  return text.replace(/\r?\n$/, "");
}

/** A sentence when others than its owner may read a file; null when not. */
export async function opennessOf(path: string): Promise<string | null> {
  const { mode } = await stat(path);
  if ((mode & 0o044) === 0) return null;
  return `Other users of this machine can read ${path}; take that away with: chmod go-r ${path}`;
}
