/** Unpacks gzip as it comes, in amounts that stay small whatever the file claims, and gives what it can of a damaged one. */
import { createGunzip } from "node:zlib";
import type { Chunks } from "./byte-stream.ts";

/** Bytes that do not unpack. */
export class DamagedGzip extends Error {
  override readonly name = "DamagedGzip";
}

/**
 * So much is unpacked at a time. Gzip shrinks at best a thousandfold, so this bounds what is held at once to about 1 MB;
 * and of a damaged file no more than this is lost before the damage.
 */
const SLICE = 1024;

/** @throws DamagedGzip after whatever could be unpacked */
export async function* unpack(chunks: Chunks): AsyncGenerator<Uint8Array, void> {
  const gunzip = createGunzip();
  const unpacked: Uint8Array[] = [];
  gunzip.on("data", (data: Buffer) => unpacked.push(new Uint8Array(data)));
  const ended = new Promise<"whole" | "damaged">((resolve) => {
    gunzip.on("end", () => resolve("whole"));
    gunzip.on("error", () => resolve("damaged"));
  });
  // What follows the end of the data is not gzip's, and a write of it is never answered.
  const write = (slice: Uint8Array) =>
    Promise.race([ended, new Promise<"more">((resolve) => gunzip.write(slice, () => resolve("more")))]);
  try {
    for await (const chunk of chunks)
      for (let offset = 0; offset < chunk.length; offset += SLICE) {
        const state = await write(chunk.subarray(offset, offset + SLICE));
        yield* unpacked.splice(0);
        if (state === "damaged") throw new DamagedGzip();
        if (state === "whole") return;
      }
    gunzip.end();
    const state = await ended;
    yield* unpacked.splice(0);
    if (state === "damaged") throw new DamagedGzip();
  } finally {
    gunzip.destroy();
  }
}
