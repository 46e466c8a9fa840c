/** What to call an EAP packet that flies by, for onlookers. Reads just enough of it, and never fails. */
import { ATTR } from "../../wsc/attributes.ts";
import { messageTypeFrom } from "../../wsc/messages.ts";

/** Vendor and vendor type of the expanded EAP method. */
const wscVendor = [0x00, 0x37, 0x2a, 0x00, 0x00, 0x00, 0x01];
const wscMsg = 4;
const opCodes: Readonly<Record<number, string>> = {
  1: "WSC_Start",
  2: "WSC_ACK",
  3: "WSC_NACK",
  5: "WSC_Done",
  6: "FRAG_ACK",
};

/**
 * `M1` to `M8`, `M2D`, `WSC_Start`, `WSC_Done`, ...; `fragment` for a later piece of a message; `Identity`, `Success`,
 * `Failure`; `EAP` for anything else.
 */
export function eapMessage(packet: Uint8Array): string {
  const [code, , , , type] = packet;
  if (code === 3) return "Success";
  if (code === 4) return "Failure";
  if (type === 1) return "Identity";
  const [opCode, flags] = packet.subarray(12);
  const isWsc = type === 254 && wscVendor.every((byte, i) => packet[5 + i] === byte);
  if (!isWsc || opCode === undefined || flags === undefined) return "EAP";
  if (opCode !== wscMsg) return opCodes[opCode] ?? "EAP";
  return wscMessage(packet.subarray((flags & 0x02) !== 0 ? 16 : 14)) ?? "fragment";
}

/** The message that starts here. It may be cut short by fragmentation, which the codec would not forgive. */
function wscMessage(tlvs: Uint8Array): string | null {
  const view = new DataView(tlvs.buffer, tlvs.byteOffset, tlvs.byteLength);
  for (let offset = 0; offset + 5 <= tlvs.length; offset += 4 + view.getUint16(offset + 2))
    if (view.getUint16(offset) === ATTR.messageType.id) return messageTypeFrom(view.getUint8(offset + 4));
  return null;
}
