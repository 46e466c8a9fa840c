/**
 * One conversation with the control interface of wpa_supplicant or hostapd: text out, text in. Carriers: a unix
 * datagram socket (datagram.ts), or a child that speaks as wpa_cli and hostapd_cli do (cli.ts).
 */
import { RadioError } from "../station-radio.ts";

/** Whose control interface it is; sentences name it. */
export interface Daemon {
  readonly name: "wpa_supplicant" | "hostapd";
  /** Its command line client. */
  readonly cli: "wpa_cli" | "hostapd_cli";
  /** The line of its configuration that makes the socket, for a folder. */
  readonly setting: (folder: string) => string;
  /** A line that names a group which may use it. */
  readonly groupSetting: string;
}

export const WPA_SUPPLICANT: Daemon = {
  name: "wpa_supplicant",
  cli: "wpa_cli",
  setting: (folder) => `ctrl_interface=DIR=${folder}`,
  groupSetting: "ctrl_interface names in wpa_supplicant's configuration (GROUP=netdev on Debian)",
};

export const HOSTAPD: Daemon = {
  name: "hostapd",
  cli: "hostapd_cli",
  setting: (folder) => `ctrl_interface=${folder}`,
  groupSetting: "ctrl_interface_group names in hostapd's configuration",
};

/** Where a control interface is. */
export interface Server {
  readonly daemon: Daemon;
  /** The path of its socket, or the command that reaches it. */
  readonly path: string;
  readonly by: "socket" | "command";
}

export interface Endpoint {
  /** Sends one command. Throws a {@link RadioError} when nobody is there to take it. */
  send(command: string): void;
  /** Lets go of everything; no message comes afterwards. */
  close(): void;
}

export interface EndpointListener {
  /** A reply or an event, as one datagram would carry it. */
  message(text: string): void;
  /** The carrier broke; nothing more will come. `why` is known where the carrier itself gives a reason. */
  broken(why?: RadioError): void;
}

export type OpenEndpoint = (server: Server, listener: EndpointListener) => Endpoint;

/** There is no socket at the path. */
export function missing({ daemon, path }: Server): RadioError {
  return new RadioError(
    "gone",
    `There is no ${daemon.name} at ${path}.`,
    `Start ${daemon.name} for this interface with ${daemon.setting(folderOf(path))} in its configuration, or name the socket's own path.`,
  );
}

/** There is a socket, and nobody behind it; or a command that says nothing. */
export function unanswered({ daemon, path, by }: Server): RadioError {
  if (by === "command") return new RadioError("gone", `${daemon.name} does not answer by "${path}".`, byHand(daemon));
  return new RadioError(
    "gone",
    `${daemon.name} does not answer at ${path}.`,
    `Start ${daemon.name} again, for instance with systemctl restart ${daemon.name}.`,
  );
}

/** @param code of the system call that failed: a name, or the kernel's negated number as `unix-dgram` gives it. */
export function explainErrno(server: Server, code: string | number | undefined): RadioError {
  const { daemon, path } = server;
  switch (code) {
    case -2:
    case "ENOENT":
      return missing(server);
    case -1:
    case -13:
    case "EPERM":
    case "EACCES":
      return new RadioError(
        "permission",
        `${daemon.name}'s control socket ${path} may not be opened by this user.`,
        `Run openwps as root, or as a member of the group that ${daemon.groupSetting}.`,
      );
    default:
      return unanswered(server);
  }
}

/** What to do about a command that does not reach its daemon. */
export function byHand({ cli }: Daemon): string {
  return `Run the command by hand: it must show the prompt of ${cli} and answer to ping there, without asking for a password or anything else.`;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
