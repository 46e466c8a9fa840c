/** Trouble with RADIUS that a person is told about. */

/** A server cannot be reached, does not answer, or cannot listen. The message is a sentence or two, with a way out. */
export class RadiusError extends Error {
  override readonly name = "RadiusError";
}
