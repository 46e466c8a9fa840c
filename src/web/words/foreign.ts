/** Names that others have chosen, such as those of networks and devices, among words of ours. */

/** What turns the direction of the text around it, and what is no letter at all. */
const unruly = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
/** Letters that are written from the right. */
const fromTheRight = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** The name as it may be shown: nothing in it moves or hides what is beside it, an address for one. */
export function foreign(name: string): string {
  const tame = name.replaceAll(unruly, "\ufffd");
  return fromTheRight.test(tame) ? `\u2068${tame}\u2069` : tame;
}
