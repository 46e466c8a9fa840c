/** A message as it may be kept and shown: whole in its form, with what is sealed in it blacked out. */
import { ATTR } from "./attributes.ts";
import { readTlvs } from "./codec.ts";

/**
 * The message with every byte of its Encrypted Settings zero. What cannot be read comes back as zeros altogether: nobody
 * knows what is in it.
 */
export function redacted(message: Uint8Array): Uint8Array {
  const shown = message.slice();
  const tlvs = readTlvs(shown);
  if (!tlvs.ok) return shown.fill(0);
  // Values are views of the copy.
  for (const { id, value } of tlvs.value) if (id === ATTR.encryptedSettings.id) value.fill(0);
  return shown;
}
