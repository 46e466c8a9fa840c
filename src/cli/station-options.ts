/**
 * The options of `openwps station`: each can be typed, stand in the environment as OPENWPS_…, or in the configuration
 * file. What they come to is read here; what is done with it is in `station.ts`.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ButtonChoice } from "../radio/button/button.ts";
import type { AddressPolicy } from "../station/settings.ts";
import { Complaint } from "./complaint.ts";
import { option } from "./environment.ts";
import { EXIT } from "./exit-codes.ts";
import { sourcesHelp } from "./help.ts";
import { type ListenAddress, parseListenAddress } from "./listen-option.ts";
import { parseRadio, type RadioChoice, radioForms } from "./radio-option.ts";
import { defaultState } from "./state-folder.ts";

/** As commander hands them over. */
export interface StationFlags {
  readonly config: string;
  readonly radio?: RadioChoice;
  readonly listen: ListenAddress;
  readonly state: string;
  readonly button: ButtonChoice | "none";
  readonly led?: string;
  readonly hook?: string;
  readonly address: AddressPolicy;
  readonly afterFailedPairing: "off" | "restore";
  readonly unconfigured: "leave" | "hotspot" | "off";
  readonly hotspotSsid?: string;
  readonly hotspotKey?: string;
  readonly hotspotKeyFile?: string;
  readonly hotspotOpen?: true;
  readonly passwordFile?: string;
  readonly digest: "md5" | "sha-256";
  readonly basic?: true;
  readonly mdns: boolean;
  readonly deviceName?: string;
  readonly deviceModel: string;
  readonly logLevel: string;
}

export const listenOption = (port: number) =>
  option("--listen <HOST:PORT>", "where to listen; port 0 takes a free one")
    .argParser(parseListenAddress)
    .default(parseListenAddress(`127.0.0.1:${port}`), `127.0.0.1:${port}`);

/** @param suffix of the default, for a service that may run beside the station */
export const stateOption = (suffix = "") =>
  option("--state <DIR>", "where networks, keys and settings are kept").default(
    defaultState(process.getuid?.(), process.env) + suffix,
  );

export const configOption = (path: string) => option("--config <FILE>", "options in TOML").default(path);

export const logLevelOption = () =>
  option("--log-level <LEVEL>", "what to log").choices(["error", "warn", "info", "debug"]).default("info");

/** The password of a service, and how it is asked for. */
export function addPasswordOptions(command: Command): Command {
  return command
    .optionsGroup("Password:")
    .addOption(option("--password-file <FILE>", "a password for the service, which nobody can then change over HTTP"))
    .addOption(
      option("--digest <ALGORITHM>", "the Digest that is offered first").choices(["md5", "sha-256"]).default("md5"),
    )
    .addOption(option("--basic", "take the password by HTTP Basic too, for clients that know no Digest"));
}

/** Adds all of them. */
export function addStationOptions(command: Command): Command {
  command
    .optionsGroup("Service:")
    .addOption(configOption("/etc/openwps/station.toml"))
    .addOption(option("--radio <RADIO>", "which radio to use").argParser(parseRadio))
    .addOption(listenOption(8080))
    .addOption(stateOption())
    .addOption(option("--no-mdns", "do not announce the service on the network"))
    .addOption(logLevelOption());
  addPasswordOptions(command)
    .optionsGroup("Device:")
    .addOption(
      option("--button <BUTTON>", "the WPS button: auto, none, or a file below /dev/input")
        .argParser(parseButton)
        .default("auto"),
    )
    .addOption(option("--led <LED>", "an LED that shows the pairing: its name below /sys/class/leds"))
    .addOption(option("--hook <COMMAND>", "a shell command that is run at each change of a pairing"))
    .addOption(
      option("--address <HOW>", "what brings an IP address: wait (the system does), none, or a shell command")
        .argParser(parseAddress)
        .default("wait"),
    )
    .addOption(option("--device-name <NAME>", "what the device is called until somebody renames it"))
    .addOption(option("--device-model <MODEL>", "what kind of device this is").default("openwps"))
    .optionsGroup("Set-up hotspot:")
    .addOption(
      option("--unconfigured <MODE>", "what a device does that nobody has set up yet")
        .choices(["leave", "hotspot", "off"])
        .default("leave"),
    )
    .addOption(
      option("--after-failed-pairing <MODE>", "what becomes of the hotspot when a pairing fails")
        .choices(["off", "restore"])
        .default("off"),
    )
    .addOption(option("--hotspot-ssid <NAME>", "its name; openwps-XXXXXX without it"))
    .addOption(option("--hotspot-key-file <FILE>", "its password, 8 to 63 characters"))
    // Only in the configuration file: on a command line everybody could read it.
    .addOption(new Option("--hotspot-key <KEY>", "its password, in the configuration file only").hideHelp())
    .addOption(option("--hotspot-open", "let everybody in, without a password"));
  return command.addHelpText("after", `\nRADIO is one of\n  ${radioForms.join("\n  ")}\n${sourcesHelp}`);
}

function parseButton(text: string): ButtonChoice | "none" {
  if (text === "auto" || text === "none") return text;
  if (text.startsWith("/")) return { path: text };
  throw new InvalidArgumentError("Give auto, none, or the path of an input device, such as /dev/input/event0.");
}

function parseAddress(text: string): AddressPolicy {
  if (text === "wait" || text === "none") return text;
  if (text.trim() === "") throw new InvalidArgumentError("Give wait, none, or a command.");
  return { command: text };
}

/** The radio, which has to be named somewhere. */
export function radioOf({ radio }: Pick<StationFlags, "radio">): RadioChoice {
  if (radio !== undefined) return radio;
  throw new Complaint(
    `Which radio? Name one with --radio, OPENWPS_RADIO, or radio = "…" in the configuration file:\n  ${radioForms.join("\n  ")}`,
    EXIT.usage,
  );
}
