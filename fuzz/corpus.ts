/** What is damaged: everything recorded in test/, and what our own ends compose where nothing was recorded. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readLink } from "../src/capture/link.ts";
import type { Packet } from "../src/capture/packet.ts";
import { readCapture } from "../src/capture/reader.ts";
import { fromHex, toHex } from "../src/wsc/bytes.ts";
import { parse } from "../src/wsc/codec.ts";
import {
  attributesIn,
  composeAssociationRequest,
  composeAssociationResponse,
  composeBeacon,
  composeProbeRequest,
  composeProbeResponse,
} from "../src/wsc/elements.ts";
import { devices } from "../test/engine-pair.ts";
import { loadVector, must, type Vector, vectorNames } from "../test/vectors.ts";

const vectors: readonly Vector[] = vectorNames.map(loadVector);

/** WSC messages of all recorded runs. */
export const messages: readonly Uint8Array[] = unique(
  vectors.flatMap((vector) => vector.messages.map(({ bytes }) => bytes)),
);

/** EAP packets of all recorded runs. */
export const eapPackets: readonly Uint8Array[] = unique(
  vectors.flatMap((vector) => vector.eap.map(({ bytes }) => bytes)),
);

/** What Encrypted Settings held, without padding. */
export const plaintexts: readonly Uint8Array[] = unique(
  vectors
    .flatMap((vector) => [...vector.decryptedByStation, ...vector.decryptedByAp])
    .map((padded) => padded.subarray(0, -(padded.at(-1) ?? 0))),
);

/** Values of Credential attributes. */
export const credentialValues: readonly Uint8Array[] = plaintexts.flatMap((text) =>
  (must(parse(text)).credential ?? []).map((value) => value.reveal()),
);

const tests = join(import.meta.dirname, "..", "test");

/** NFC tokens, with and without their NDEF records. */
export const tokens: readonly Uint8Array[] = readdirSync(join(tests, "vectors"))
  .filter((file) => file.endsWith(".hex"))
  .map((file) => fromHex(readFileSync(join(tests, "vectors", file), "utf8").trim()));

/** Captures as files. */
export const captureFiles: readonly Uint8Array[] = readdirSync(join(tests, "captures"))
  .filter((file) => file.endsWith(".pcap"))
  .map((file) => new Uint8Array(readFileSync(join(tests, "captures", file))));

/** Their packets, capture by capture. */
export const captured: readonly (readonly Packet[])[] = await Promise.all(captureFiles.map(packetsIn));

async function packetsIn(file: Uint8Array): Promise<readonly Packet[]> {
  const packets: Packet[] = [];
  for await (const event of readCapture([file])) if (event.type === "packet") packets.push(event);
  return packets;
}

const composed = [
  ...[true, false].flatMap((dualBand) => {
    const advertisement = {
      device: devices.registrar,
      wscState: 2,
      setupLocked: !dualBand,
      selectedRegistrar: { devicePasswordId: 4, configMethods: 0x0680, authorizedMacs: [devices.enrollee.macAddress] },
      dualBand,
      // Long enough for a second element.
      ...(dualBand ? { applicationExtension: new Uint8Array(300).fill(7) } : {}),
    };
    return [composeBeacon(advertisement), composeProbeResponse(advertisement)];
  }),
  composeProbeRequest({ device: devices.enrollee, requestType: 1, devicePasswordId: 4 }),
  composeAssociationRequest(1),
  composeAssociationResponse(),
];

/** Elements of 802.11 management frames that have WSC among them. */
export const elements: readonly Uint8Array[] = unique([
  ...composed,
  ...captured.flat().flatMap((packet) => {
    const content = readLink(packet);
    return content?.type === "management" && attributesIn(content.elements) !== null ? [content.elements.slice()] : [];
  }),
]);

/** Attributes wherever they came from: what one kind of attributes is spliced with. */
export const attributeLists: readonly Uint8Array[] = unique([
  ...messages,
  ...plaintexts,
  ...credentialValues,
  ...elements.flatMap((one) => attributesIn(one) ?? []),
]);

function unique(all: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...new Map(all.map((bytes) => [toHex(bytes), bytes])).values()];
}
