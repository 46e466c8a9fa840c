/**
 * The command line: reads what was typed, runs one command, and ends with its exit code. What the commands do is in the
 * files beside it. Each is loaded only when it is asked for, because a scan needs no web server, and a PIN no radio.
 */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { systemClock } from "../clock/system-clock.ts";
import { readPin } from "../http/read-pin.ts";
import type { StationRadio } from "../radio/station-radio.ts";
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import type { Pin } from "../wsc/pin.ts";
import { type ApChoice, apForms } from "./ap-option.ts";
import { Complaint, explainFailure } from "./complaint.ts";
import type { ConfigFile } from "./config-file.ts";
import { dropEmpty, option, readSwitches } from "./environment.ts";
import { addErCommands } from "./er-options.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { environmentHelp, helpStyle } from "./help.ts";
import type { ListenAddress } from "./listen-option.ts";
import { openRadio, parseRadio, type RadioChoice, radioForms } from "./radio-option.ts";
import {
  addRegistrarOptions,
  apOption,
  apsOf,
  deliveryOf,
  deliveryOption,
  type KeyFlags,
  keysOption,
  type RegistrarFlags,
} from "./registrar-options.ts";
import { abortOnSignals, endWithReader } from "./signals.ts";
import { addStationOptions, listenOption, radioOf, type StationFlags } from "./station-options.ts";
import { version } from "./version.ts";

/** Runs `work` with an open radio, and lets go of it whatever happens. */
async function withRadio<T>(choice: RadioChoice, work: (radio: StationRadio) => Promise<T>): Promise<T> {
  const { radio, close } = await openRadio(choice, systemClock);
  try {
    return await work(radio);
  } finally {
    await close();
  }
}

const radioOption = () => option("--radio <RADIO>", "which radio to use").argParser(parseRadio).makeOptionMandatory();
const jsonOption = () => option("--json", "one JSON object a line, for programs");
const radioHelp = `\nRADIO is one of\n  ${radioForms.join("\n  ")}`;

const apHelp = `AP is one of\n  ${apForms.join("\n  ")}`;

/** Complains by itself, because commander's own complaint shows what was typed, and that is all but one digit a PIN. */
function parsePinOption(text: string): Pin {
  const pin = readPin(text);
  if (!pin.ok) throw new Complaint(`--pin: ${pin.error.message}`, EXIT.usage);
  return pin.value;
}

function parseBssidOption(text: string): MacAddress {
  const bssid = parseMacAddress(text);
  if (bssid === null) throw new InvalidArgumentError("Give it as 12 hex digits, such as 02:00:00:00:00:01.");
  return bssid;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 2_000_000)) throw new InvalidArgumentError("Give a number of seconds, such as 60.");
  return seconds;
}

/** The configuration file of a command, applied to its options; null when there is none. */
async function configOf(command: Command): Promise<ConfigFile | null> {
  const { config } = command.opts<{ config: string }>();
  const { applyConfig, readConfigFile } = await import("./config-file.ts");
  const file = await readConfigFile(config, command.getOptionValueSource("config") !== "default");
  if (file !== null) applyConfig(command, file);
  return file;
}

interface CheckFlags extends KeyFlags {
  readonly radio?: RadioChoice;
  readonly ap?: readonly ApChoice[];
  readonly hostapdConf?: string;
  readonly json?: true;
}

function createProgram(end: (code: ExitCode) => void): Command {
  const program = new Command("openwps")
    .description("Wi-Fi Protected Setup: a device joins a network at the press of a button.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("(openwps --help shows what there is)")
    .configureHelp(helpStyle)
    .hook("preAction", (_program, command) => readSwitches(command, process.env));

  program
    .command("demo")
    .description("try it all on simulated air: a device, two access points, no Wi-Fi needed")
    .addOption(listenOption(8080))
    .addOption(option("--air <SOCKET>", "let other processes join this air at a socket, as air@SOCKET"))
    .addOption(option("--scenario <FILE>", "another air than the built-in one, as air:FILE"))
    .action(async (options: { listen: ListenAddress; air?: string; scenario?: string }) => {
      const signal = abortOnSignals();
      const { listen, air = null, scenario = null } = options;
      const { runDemo } = await import("./demo.ts");
      await runDemo({ clock: systemClock, listen, air, scenario, signal });
    });

  addStationOptions(
    program
      .command("station")
      .description("the service of a device: joins by button, REST call or PIN, and keeps what it learned"),
  ).action(async (_flags: StationFlags, command: Command) => {
    const signal = abortOnSignals();
    const config = await configOf(command);
    const flags = command.opts<StationFlags>();
    if (command.getOptionValueSource("hotspotKey") === "cli")
      throw new Complaint("Everybody on this machine can read a command line. Use --hotspot-key-file.", EXIT.usage);
    const [{ runStation }, { createLog }] = await Promise.all([import("./station.ts"), import("./log.ts")]);
    const log = createLog(flags.logLevel);
    if (config?.isOpen && config.entries.has("hotspot_key"))
      log.warn(`other users of this machine can read ${config.path}, and the hotspot's password in it`);
    const choice = radioOf(flags);
    await withRadio(choice, (radio) => runStation({ radio, choice, flags, clock: systemClock, log, signal }));
  });

  addRegistrarOptions(
    program
      .command("registrar")
      .description("the service behind access points: whom the network lets in, and which key each device gets"),
  ).action(async (_flags: RegistrarFlags, command: Command) => {
    const signal = abortOnSignals();
    await configOf(command);
    const flags = command.opts<RegistrarFlags>();
    const aps = apsOf(flags);
    const [{ runRegistrar }, { createLog }] = await Promise.all([import("./registrar.ts"), import("./log.ts")]);
    await runRegistrar({ aps, flags, clock: systemClock, log: createLog(flags.logLevel), signal });
  });

  program
    .command("pair")
    .description("join a network now, by button or PIN, without a service")
    .addOption(radioOption())
    .addOption(option("--pin <PIN>", "pair by this PIN instead of the button").argParser(parsePinOption))
    .addOption(option("--bssid <BSSID>", "pair with this access point only").argParser(parseBssidOption))
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `${radioHelp}\n${environmentHelp}\n\nExit codes: 0 connected, 1 failed, 2 wrong usage, 3 timed out,\n4 overlap, 130 cancelled.`,
    )
    .action(async (options: { radio: RadioChoice; pin?: Pin; bssid?: MacAddress; json?: true }) => {
      const signal = abortOnSignals();
      const { radio: choice, pin = null, bssid = null, json = false } = options;
      const { runPair } = await import("./pair.ts");
      end(
        await withRadio(choice, (radio) =>
          runPair({ radio, choice, clock: systemClock, pin, bssid, json, output: process.stdout, signal }),
        ),
      );
    });

  program
    .command("scan")
    .description("which access points are in sight, and which of them do WPS")
    .addOption(radioOption())
    .addOption(jsonOption())
    .addHelpText("after", `${radioHelp}\n${environmentHelp}`)
    .action(async (options: { radio: RadioChoice; json?: true }) => {
      const signal = abortOnSignals();
      const { runScan } = await import("./scan.ts");
      end(await withRadio(options.radio, (radio) => runScan(radio, options.json === true, signal)));
    });

  program
    .command("check")
    .description("why can or can't WPS work here, before anybody tries")
    .addOption(option("--radio <RADIO>", "what a device with this radio can do here").argParser(parseRadio))
    .addOption(apOption("what the settings of this access point allow"))
    .addOption(option("--hostapd-conf <FILE>", "hostapd's configuration, for what it does not tell by itself"))
    .addOption(keysOption())
    .addOption(deliveryOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `${radioHelp}\n\n${apHelp}\n${environmentHelp}\n\nExit codes: 0 it can work now, 1 it cannot, 2 wrong usage.`,
    )
    .action(async (options: CheckFlags) => {
      const { radio: choice, ap, json = false } = options;
      if ((choice === undefined) === (ap === undefined))
        throw new Complaint(
          "Say what to check: --radio RADIO for a device, or --ap AP for an access point.",
          EXIT.usage,
        );
      const signal = abortOnSignals();
      if (choice !== undefined) {
        const { runCheck } = await import("./check.ts");
        return end(await withRadio(choice, (radio) => runCheck({ radio, choice, json, signal })));
      }
      const [{ runCheckAp }, { openAccessPoints }, { systemRandom }] = await Promise.all([
        import("./check-ap.ts"),
        import("./ap-option.ts"),
        import("../wsc/crypto.ts"),
      ]);
      const { accessPoints, close } = await openAccessPoints(ap ?? [], {
        clock: systemClock,
        random: systemRandom,
        backing: null,
      });
      try {
        end(
          await runCheckAp({ accessPoints, hostapdConf: options.hostapdConf ?? null, keys: deliveryOf(options), json }),
        );
      } finally {
        await close();
      }
    });

  program
    .command("decode")
    .description("what a packet capture holds of WPS, message by message")
    .argument("<FILE>", "a pcap or pcapng file, also gzipped; - for standard input")
    .addOption(option("--pin <PIN>", "say whether this PIN could be that of a run").argParser(parsePinOption))
    .addOption(option("--verbose", "every attribute of each message"))
    .addOption(jsonOption())
    .action(async (file: string, options: { pin?: Pin; verbose?: true; json?: true }) => {
      const { pin = null, verbose = false, json = false } = options;
      const { runDecode } = await import("./decode.ts");
      end(await runDecode({ file, pin, verbose, json }));
    });

  addErCommands(program, { pin: parsePinOption, mac: parseBssidOption }, end);

  program
    .command("lua")
    .description("run a Lua script with NodeMCU's modules wps, wifi and tmr")
    .argument("[FILE]", "the script; without one, Lua is read line by line")
    .addOption(radioOption())
    .addOption(
      option("--seconds <N>", "end after so many seconds, not when nothing is left to do").argParser(parseSeconds),
    )
    .addOption(option("--fast", "do not wait: time jumps (on simulated air of its own)"))
    .addHelpText("after", `${radioHelp}\n${environmentHelp}`)
    .action(async (file: string | undefined, options: { radio: RadioChoice; seconds?: number; fast?: true }) => {
      const signal = abortOnSignals();
      const { radio: choice, seconds = null, fast = false } = options;
      const { runLua } = await import("./lua.ts");
      end(await runLua({ file: file ?? null, choice, seconds, fast, signal }));
    });

  const pin = program.command("pin").description("make or check a device's PIN");
  pin
    .command("generate")
    .description("a fresh PIN of 8 digits")
    .action(async () => (await import("./pin.ts")).generate());
  pin
    .command("check")
    .description("is this a PIN, or a typing mistake?")
    .argument("<PIN>")
    .action(async (text: string) => (await import("./pin.ts")).check(text));

  for (const command of program.commands)
    command.showHelpAfterError(`(openwps ${command.name()} --help shows what there is)`);
  return program;
}

async function main(): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.success;
  dropEmpty(process.env);
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync();
    return exitCode;
  } catch (error) {
    // Commander has printed its own complaint; help and version end as successes.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
    const { text, exitCode: code } = explainFailure(error, process.env);
    process.stderr.write(`${text}\n`);
    return code;
  }
}

endWithReader();
process.exit(await main());
