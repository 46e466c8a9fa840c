/** The options of `openwps er`, and what they come to. Light, because the command line always loads it. */
import { type Command, Option } from "commander";
import { systemClock } from "../clock/system-clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "../wsc/attributes.ts";
import type { NetworkSettings } from "../wsc/credential.ts";
import type { Pin } from "../wsc/pin.ts";
import { Secret } from "../wsc/secret.ts";
import { Complaint } from "./complaint.ts";
import { option } from "./environment.ts";
import type { ErContext } from "./er-router.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { readSecretFile } from "./secret-file.ts";
import { abortOnSignals } from "./signals.ts";

interface CommonFlags {
  readonly interface?: string;
  readonly router?: string;
  readonly seconds: number;
  readonly json?: true;
}

interface NetworkFlags {
  readonly ssid?: string;
  readonly key?: string;
  readonly keyFile?: string;
  readonly open?: true;
}

interface EnrolFlags extends CommonFlags, NetworkFlags {
  readonly pin?: Pin;
  readonly pbc?: true;
  readonly routerPin?: Pin;
  readonly mac?: MacAddress;
}

interface Parsers {
  readonly pin: (text: string) => Pin;
  readonly mac: (text: string) => MacAddress;
}

/** Adds `er` with its five commands. */
export function addErCommands(program: Command, parsers: Parsers, end: (code: ExitCode) => void): void {
  const er = program
    .command("er")
    .description("set up any router on this network that does WPS, and let devices in through it");
  const add = (name: string, description: string) =>
    er
      .command(name)
      .description(description)
      .addOption(option("--interface <NAME>", "the network interface to search; all without it"))
      .addOption(
        option("--seconds <N>", "how long to search for routers")
          .default(3)
          .argParser((text) => {
            const seconds = Number(text);
            if (/^\d{1,3}$/.test(text) && seconds >= 2) return seconds;
            throw new Complaint(`--seconds must be a number from 2 to 999, not ${JSON.stringify(text)}.`, EXIT.usage);
          }),
      )
      .addOption(option("--json", "one JSON object a line, for programs"));
  const router = () => option("--router <ROUTER>", "its name, UUID or address, where several answer");
  const routerPin = () =>
    // Not OPENWPS_PIN, which is a device's.
    option("--pin <PIN>", "the PIN of the router, from its label or settings")
      .env("OPENWPS_ROUTER_PIN")
      .argParser(parsers.pin)
      .makeOptionMandatory();
  const ssid = () => option("--ssid <SSID>", "the name of the network");
  const keyFile = () => option("--key-file <FILE>", "a file with its password");
  // Not from the environment: a password that lies around there would become the network's by accident.
  const key = () => new Option("--key <KEY>", "its password; others on this machine can read it in a command line");
  const open = () => option("--open", "the network has no password");

  add("discover", "which routers on this network do WPS").action(async (flags: CommonFlags) => {
    const { runDiscover } = await import("./er.ts");
    end(await run(flags, runDiscover));
  });

  add("learn", "read a router's network name and password by its PIN")
    .addOption(router())
    .addOption(routerPin())
    .action(async (flags: CommonFlags & { readonly pin: Pin }) => {
      const { runLearn } = await import("./er.ts");
      end(await run(flags, (context) => runLearn(context, flags.pin)));
    });

  add("configure", "give a router another network name and password by its PIN")
    .addOption(router())
    .addOption(routerPin())
    .addOption(ssid().makeOptionMandatory())
    .addOption(key())
    .addOption(keyFile())
    .addOption(open())
    .action(async (flags: CommonFlags & NetworkFlags & { readonly pin: Pin }) => {
      const settings = await networkOf(flags);
      const { runConfigure } = await import("./er.ts");
      end(await run(flags, (context) => runConfigure(context, flags.pin, settings)));
    });

  add("enrol", "let a device into a router's network, by its PIN or button")
    .addOption(router())
    .addOption(option("--pin <PIN>", "the PIN that the device shows").argParser(parsers.pin))
    .addOption(option("--pbc", "the device has its button pressed"))
    .addOption(option("--mac <MAC>", "only the device with this address").argParser(parsers.mac))
    .addOption(option("--router-pin <PIN>", "read the network from the router by its PIN").argParser(parsers.pin))
    .addOption(ssid())
    .addOption(key())
    .addOption(keyFile())
    .addOption(open())
    .action(async (flags: EnrolFlags) => {
      const { pin, pbc = false, routerPin: known, mac = null } = flags;
      if ((pin === undefined) !== pbc)
        throw new Complaint("Say how the device shows that it is the one: --pin PIN or --pbc.", EXIT.usage);
      if ((known === undefined) === (flags.ssid === undefined))
        throw new Complaint(
          "Say which network the device gets: --router-pin PIN to ask the router, or --ssid with its password.",
          EXIT.usage,
        );
      const network = known ?? (await networkOf(flags));
      const method = pin === undefined ? ({ type: "pushButton" } as const) : ({ type: "pin", pin } as const);
      const { runEnrol } = await import("./er.ts");
      end(await run(flags, (context) => runEnrol(context, { method, station: mac, network })));
    });

  add("watch", "what a router hears of devices that do WPS, until Ctrl-C")
    .addOption(router())
    .action(async (flags: CommonFlags) => {
      const { runWatch } = await import("./er.ts");
      end(await run(flags, runWatch));
    });
}

/** Runs a command with what all of them are given; ends as cancelled when a signal ends it. */
async function run(flags: CommonFlags, work: (context: ErContext) => Promise<ExitCode>): Promise<ExitCode> {
  const { interface: interfaceName = null, router = null, seconds, json = false } = flags;
  const signal = abortOnSignals();
  try {
    return await work({ interfaceName, router, seconds, json, clock: systemClock, signal });
  } catch (error) {
    if (signal.aborted) return EXIT.cancelled;
    throw error;
  }
}

/** The network that a person describes: WPA2, or open where that was said. */
async function networkOf({ ssid = "", key, keyFile, open }: NetworkFlags): Promise<NetworkSettings> {
  const name = new TextEncoder().encode(ssid);
  if (name.length < 1 || name.length > 32)
    throw new Complaint(`The network's name has ${name.length} bytes; a network's name has 1 to 32.`, EXIT.usage);
  if ([key, keyFile, open].filter((one) => one !== undefined).length !== 1)
    throw new Complaint(
      "Give the network's password with --key-file or --key, or say --open when it has none: one of the three.",
      EXIT.usage,
    );
  if (open !== undefined)
    return {
      ssid: name,
      authenticationType: AUTHENTICATION_TYPE.open,
      encryptionType: ENCRYPTION_TYPE.none,
      networkKey: new Secret(""),
    };
  const password = key ?? (await readSecretFile(keyFile ?? "", "network's password"));
  if (!/^[\u0020-\u007e]{8,63}$|^[0-9a-f]{64}$/i.test(password))
    throw new Complaint("The network's password must have 8 to 63 characters, or be 64 hex digits.", EXIT.usage);
  return {
    ssid: name,
    authenticationType: AUTHENTICATION_TYPE.wpa2Psk,
    encryptionType: ENCRYPTION_TYPE.aes,
    networkKey: new Secret(password),
  };
}
