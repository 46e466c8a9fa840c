/** Ports for what scenarios start: these run side by side in two processes, and all in one guest. */

/** A thousand for each of Vitest's processes, whose files run one after the other in it. */
let next = 18_000 + 1000 * Number(process.env["VITEST_POOL_ID"] ?? 0);

/** A port that no other scenario has. */
export function ownPort(): number {
  return next++;
}
