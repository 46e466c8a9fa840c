/** A radio that can be cut off and come back: what a restarted wpa_supplicant looks like to who uses it. */
import { type EnrolEvent, type Link, RadioError, type StationRadio } from "../src/radio/station-radio.ts";
import { radioWith } from "./station-world.ts";

/** To cut and to mend; and what wraps a radio so that it follows. */
export function leashed() {
  let isCut = false;
  const cuts = new Set<() => void>();
  const gone = () => new RadioError("gone", "The radio was unplugged.", "Plug it in again.");
  const leash = {
    cut: () => {
      isCut = true;
      for (const cut of [...cuts]) cut();
    },
    mend: () => {
      isCut = false;
    },
  };
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isCut) throw gone();
    return work();
  };
  async function* until<T>(open: (signal: AbortSignal) => AsyncIterable<T>, signal: AbortSignal, last: T | null) {
    const cut = new AbortController();
    const onCut = () => cut.abort();
    cuts.add(onCut);
    try {
      if (isCut) cut.abort();
      else yield* open(AbortSignal.any([signal, cut.signal]));
      if (!cut.signal.aborted || signal.aborted) return;
      if (last === null) throw gone();
      yield last;
    } finally {
      cuts.delete(onCut);
    }
  }
  const radio = (real: StationRadio) =>
    radioWith(real, {
      scan: (options) => call(() => real.scan(options)),
      link: () => call(() => real.link()),
      watch: ({ signal }) => until<Link>((both) => real.watch({ signal: both }), signal, null),
      apply: (setup) => call(() => real.apply(setup)),
      enrol: (method, { signal, ...rest }) =>
        until<EnrolEvent>((both) => real.enrol(method, { ...rest, signal: both }), signal, {
          type: "failed",
          failure: { kind: "radioGone", message: gone().message, hint: gone().hint },
        }),
      clearAfterCrash: (residue) => call(() => real.clearAfterCrash(residue)),
      residue: () => call(() => real.residue()),
      limitPower: (dBm) => call(() => real.limitPower(dBm)),
    });
  return { leash, radio };
}
