/**
 * One conversation with wpa_supplicant's control interface: text out, text in. Two carriers: a unix datagram socket
 * (datagram.ts), or, where the optional package `unix-dgram` is not installed, a `wpa_cli` child (wpa-cli.ts).
 */
import { RadioError } from "../station-radio.ts";

export interface Endpoint {
  /** Sends one command. Throws a {@link RadioError} when nobody is there to take it. */
  send(command: string): void;
  /** Lets go of everything; no message comes afterwards. */
  close(): void;
}

export interface EndpointListener {
  /** A reply or an event, as one datagram would carry it. */
  message(text: string): void;
  /** The carrier broke; nothing more will come. */
  broken(): void;
}

export type OpenEndpoint = (serverPath: string, listener: EndpointListener) => Endpoint;

/** There is no socket at the path. */
export function missing(serverPath: string): RadioError {
  return new RadioError(
    "gone",
    `There is no wpa_supplicant at ${serverPath}.`,
    `Start wpa_supplicant for this interface with ctrl_interface=DIR=${folderOf(serverPath)} in its configuration, or name the socket's own path.`,
  );
}

/** There is a socket, and nobody behind it. */
export function unanswered(serverPath: string): RadioError {
  return new RadioError(
    "gone",
    `wpa_supplicant does not answer at ${serverPath}.`,
    "Start wpa_supplicant again, for instance with systemctl restart wpa_supplicant.",
  );
}

/** @param code of the system call that failed: a name, or the kernel's negated number as `unix-dgram` gives it. */
export function explainErrno(serverPath: string, code: string | number | undefined): RadioError {
  switch (code) {
    case -2:
    case "ENOENT":
      return missing(serverPath);
    case -1:
    case -13:
    case "EPERM":
    case "EACCES":
      return new RadioError(
        "permission",
        `wpa_supplicant's control socket ${serverPath} may not be opened by this user.`,
        "Run openwps as root, or as a member of the group that ctrl_interface names in wpa_supplicant's configuration (GROUP=netdev on Debian).",
      );
    default:
      return unanswered(serverPath);
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
