/** The password of a service, out of the file that a person named. */
import type { Logger } from "pino";
import { readPassword } from "../settings/settings.ts";
import type { Secret } from "../wsc/secret.ts";
import { Complaint } from "./complaint.ts";
import { EXIT } from "./exit-codes.ts";
import { opennessOf, readSecretFile } from "./secret-file.ts";

/** Reads it, and warns when others can. */
export async function passwordIn(path: string, log: Logger): Promise<Secret> {
  const password = readPassword(await readSecretFile(path, "password"));
  if (password === null)
    throw new Complaint(
      `The password in ${path} must have 1 to 31 characters, none of them a control character.`,
      EXIT.usage,
    );
  const openness = await opennessOf(path);
  if (openness !== null) log.warn(openness);
  return password;
}
