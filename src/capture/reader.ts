/** Reads a capture of any kind: pcap or pcapng, either of them under gzip. Whatever the bytes are, it ends without throwing. */
import { ByteStream, type Chunks } from "./byte-stream.ts";
import { DamagedGzip, unpack } from "./gzip.ts";
import type { CaptureEvent } from "./packet.ts";
import { pcapVariant, readPcap } from "./pcap.ts";
import { isPcapng, readPcapng } from "./pcapng.ts";

/**
 * The packets of a capture, one by one, then why there are no more if the file is bad.
 * Throws only what the source of the chunks throws.
 */
export async function* readCapture(chunks: Chunks): AsyncGenerator<CaptureEvent, void> {
  const packed = new ByteStream(chunks);
  try {
    const [first, second] = await packed.peek(2);
    const isGzip = first === 0x1f && second === 0x8b;
    yield* readUnpacked(isGzip ? new ByteStream(unpack(packed.rest())) : packed);
  } catch (error) {
    if (!(error instanceof DamagedGzip)) throw error;
    yield { type: "broken", fault: { kind: "damagedGzip" } };
  } finally {
    await packed.close();
  }
}

async function* readUnpacked(stream: ByteStream): AsyncGenerator<CaptureEvent, void> {
  const magic = await stream.peek(4);
  if (magic.length === 0) yield { type: "broken", fault: { kind: "empty" } };
  else if (isPcapng(magic)) yield* readPcapng(stream);
  else if (pcapVariant(magic) !== null) yield* readPcap(stream);
  else yield { type: "broken", fault: { kind: "notACapture" } };
}
