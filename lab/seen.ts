/** Looking for access points with patience: a scan waits a few hundredths of a second for an answer, and here it may be late. */
import type { Bss, StationRadio } from "../src/radio/station-radio.ts";
import type { MacAddress } from "../src/wsc/address.ts";
import { until } from "./process.ts";

/** What a radio sees of these access points, as soon as one scan has all of them. */
export async function seen<const Names extends readonly MacAddress[]>(
  radio: StationRadio,
  bssids: Names,
  isReady: (bss: Bss) => boolean = () => true,
): Promise<{ readonly [I in keyof Names]: Bss }> {
  let found: readonly Bss[] = [];
  await until(async () => {
    const all = await radio.scan();
    found = bssids.flatMap((bssid) => all.find((bss) => bss.bssid === bssid && isReady(bss)) ?? []);
    return found.length === bssids.length;
  });
  return found as { readonly [I in keyof Names]: Bss };
}
