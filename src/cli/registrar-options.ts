/** The options of `openwps registrar`, as those of the station: typed, in the environment, or in a file. */
import type { Command, Option } from "commander";
import type { KeyDelivery } from "../radio/hostapd/findings.ts";
import type { KeyPolicy } from "../registrar/key-policy.ts";
import { type ApChoice, apForms, collectAps } from "./ap-option.ts";
import { Complaint } from "./complaint.ts";
import { listOption, option } from "./environment.ts";
import { EXIT } from "./exit-codes.ts";
import { sourcesHelp } from "./help.ts";
import { type ListenAddress, parseListenAddress } from "./listen-option.ts";
import { collectInterfaces } from "./registrar-upnp.ts";
import { addPasswordOptions, configOption, listenOption, logLevelOption, stateOption } from "./station-options.ts";

/** How devices come by their keys. */
export interface KeyFlags {
  readonly keys?: KeyPolicy;
  readonly keyDelivery?: "file" | "radius";
}

export interface RegistrarFlags extends KeyFlags {
  readonly config: string;
  readonly ap?: readonly ApChoice[];
  readonly listen: ListenAddress;
  readonly state: string;
  readonly radius: ListenAddress;
  readonly radiusSecretFile?: string;
  readonly radiusClients: string;
  readonly pskFile?: string;
  readonly keyFile?: string;
  readonly upnp?: readonly string[];
  readonly passwordFile?: string;
  readonly digest: "md5" | "sha-256";
  readonly basic?: true;
  readonly logLevel: string;
}

export const apOption = (description: string): Option => listOption("--ap <AP>", description).argParser(collectAps);

export const keysOption = (): Option =>
  option("--keys <WHOSE>", "one key for all devices, or each its own").choices(["shared", "per-device"]);

export const deliveryOption = (): Option =>
  option("--key-delivery <HOW>", "how devices' own keys reach the access point").choices(["file", "radius"]);

/** How keys reach stations; null when nobody said. */
export function deliveryOf({ keys, keyDelivery }: KeyFlags): KeyDelivery | null {
  if (keys === undefined) return null;
  return keys === "shared" ? "shared" : (keyDelivery ?? "file");
}

/** Adds all of them. */
export function addRegistrarOptions(command: Command): Command {
  command
    .optionsGroup("Service:")
    .addOption(configOption("/etc/openwps/registrar.toml"))
    .addOption(apOption("an access point to stand behind"))
    .addOption(listenOption(8081))
    .addOption(stateOption("-registrar"))
    .addOption(logLevelOption())
    .optionsGroup("Keys:")
    .addOption(keysOption().default("shared"))
    .addOption(deliveryOption())
    .addOption(option("--psk-file <FILE>", "hostapd's wpa_psk_file, for --key-delivery file"))
    .addOption(
      option("--key-file <FILE>", "what devices' keys are sealed with; STATE.key without it, made at the first start"),
    )
    .optionsGroup("RADIUS:")
    .addOption(
      option("--radius <HOST:PORT>", "where access points bring enrolments and ask for keys")
        .argParser(parseListenAddress)
        .default(parseListenAddress("127.0.0.1:1812"), "127.0.0.1:1812"),
    )
    .addOption(option("--radius-secret-file <FILE>", "the secret that is shared with the access points"))
    .addOption(option("--radius-clients <NETWORK>", "where access points ask from").default("127.0.0.0/8"));
  command
    .optionsGroup("External Registrars:")
    .addOption(
      listOption(
        "--upnp <IFNAME>",
        "the interface of a network on which external Registrars find the access points, for --keys shared; off without it",
      ).argParser(collectInterfaces),
    );
  return addPasswordOptions(command).addHelpText("after", `\nAP is one of\n  ${apForms.join("\n  ")}\n${sourcesHelp}`);
}

/** The access points, of which there has to be one. */
export function apsOf({ ap = [] }: Pick<RegistrarFlags, "ap">): readonly ApChoice[] {
  if (ap.length > 0) return ap;
  throw new Complaint(
    `Which access points? Name them with --ap, OPENWPS_AP, or ap = ["…"] in the configuration file:\n  ${apForms.join("\n  ")}`,
    EXIT.usage,
  );
}
