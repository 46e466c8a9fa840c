/** The power that a radio sends with, limited by `iw`: wpa_supplicant has no command for it. */
import { execFile } from "node:child_process";
import { RadioError } from "../station-radio.ts";

/** How long `iw` may take; it asks the kernel one question. */
const withinMs = 5_000;

/**
 * Limits the power of an interface's radio.
 * @param dBm 0..21 in steps of 0.5; null: as much as the radio may
 * @throws a {@link RadioError} when it cannot be done
 */
export function limitPower(ifname: string, dBm: number | null): Promise<void> {
  const limit = dBm === null ? ["auto"] : ["limit", String(Math.round(dBm * 100))];
  return new Promise((resolve, reject) => {
    execFile(
      "iw",
      ["dev", ifname, "set", "txpower", ...limit],
      { timeout: withinMs, env },
      (error, _out, complaint) => {
        if (error === null) resolve();
        else reject(explain(error.code, complaint));
      },
    );
  });
}

/** Where Debian has it, which is not in the path of every user and service. */
const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };

function explain(code: unknown, complaint: string): RadioError {
  if (code === "ENOENT")
    return new RadioError(
      "unsupported",
      "The power of the radio was not limited: the program iw is not installed.",
      "Install it, on Debian with apt install iw.",
    );
  if (/not permitted/i.test(complaint))
    return new RadioError(
      "permission",
      "The power of the radio was not limited: this user may not do that.",
      "Run openwps as root, or with the capability CAP_NET_ADMIN.",
    );
  return new RadioError(
    "refused",
    "The radio did not take the limit of its power.",
    "See what it can do with: iw phy. Some drivers know no limit; leave max_tx_power as it is then.",
  );
}
