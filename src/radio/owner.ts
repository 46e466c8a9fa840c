/**
 * Who else drives an interface: NetworkManager, iwd or systemd-networkd, by the files that they leave for others.
 * Changes nothing.
 */

export interface Owner {
  readonly name: "NetworkManager" | "iwd" | "systemd-networkd";
  /** What it does to the interface, and why that matters here. */
  readonly sentence: string;
  /** How to make it let go: a command to run as root. */
  readonly release: string;
}

/** Who else drives the interface; null when nobody does, or nobody can be asked. */
export async function interfaceOwner(_ifname: string): Promise<Owner | null> {
  return null;
}
