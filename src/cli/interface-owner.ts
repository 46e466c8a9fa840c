/** Who else drives the interface behind a RADIO, for the commands that would get in each other's way with it. */
import { interfaceOwner, type Owner } from "../radio/owner.ts";
import type { RadioChoice } from "./radio-option.ts";

/** Null when nobody does, or the radio is a simulated one. A control socket is called as its interface. */
export async function ownerOf(choice: RadioChoice): Promise<Owner | null> {
  if (choice.type !== "wpaSupplicant") return null;
  const { target } = choice;
  return interfaceOwner(target.split("/").at(-1) ?? target);
}

/** What to say of one that conflicts, in one line. */
export function ownerWarning({ sentence, release, lasting }: Owner): string {
  return `${sentence} To release it: ${release}. ${lasting}`;
}
