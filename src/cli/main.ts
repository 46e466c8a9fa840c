/**
 * The command line: reads what was typed, runs one command, and ends with its exit code. What the commands do is in the
 * files beside it. Each is loaded only when it is asked for, because a scan needs no web server, and a PIN no radio.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { systemClock } from "../clock/system-clock.ts";
import { readPin } from "../http/read-pin.ts";
import type { StationRadio } from "../radio/station-radio.ts";
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import type { Pin } from "../wsc/pin.ts";
import { Complaint, explainFailure } from "./complaint.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type ListenAddress, parseListenAddress } from "./listen-option.ts";
import { openRadio, parseRadio, type RadioChoice, radioForms } from "./radio-option.ts";
import { abortOnSignals } from "./signals.ts";
import { defaultState } from "./state-folder.ts";
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

/** An option that can come from the environment too: `--listen` from OPENWPS_LISTEN. */
function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  return made.env(`OPENWPS_${made.name().replaceAll("-", "_").toUpperCase()}`);
}

const radioOption = () => option("--radio <RADIO>", "which radio to use").argParser(parseRadio).makeOptionMandatory();
const listenOption = () =>
  option("--listen <HOST:PORT>", "where to listen; port 0 takes a free one")
    .argParser(parseListenAddress)
    .default(parseListenAddress("127.0.0.1:8080"), "127.0.0.1:8080");
const jsonOption = () => option("--json", "one JSON object a line, for programs");
const radioHelp = `\nRADIO is one of\n  ${radioForms.join("\n  ")}\n\nOptions can come from the environment too: --radio from OPENWPS_RADIO, and so on.`;

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

function createProgram(end: (code: ExitCode) => void): Command {
  const program = new Command("openwps")
    .description("Wi-Fi Protected Setup: a device joins a network at the press of a button.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("(openwps --help shows what there is)")
    .configureHelp({ showGlobalOptions: false });

  program
    .command("demo")
    .description("try it all on simulated air: a device, two access points, no Wi-Fi needed")
    .addOption(listenOption())
    .addOption(option("--air <SOCKET>", "let other processes join this air at a socket, as air@SOCKET"))
    .action(async (options: { listen: ListenAddress; air?: string }) => {
      const signal = abortOnSignals();
      const { runDemo } = await import("./demo.ts");
      await runDemo({ clock: systemClock, listen: options.listen, air: options.air ?? null, signal });
    });

  program
    .command("station")
    .description("the service of a device: joins by button, REST call or PIN, and keeps what it learned")
    .addOption(radioOption())
    .addOption(listenOption())
    .addOption(
      option("--state <DIR>", "where networks and settings are kept").default(
        defaultState(process.getuid?.(), process.env),
      ),
    )
    .addOption(option("--log-level <LEVEL>", "what to log").choices(["error", "warn", "info", "debug"]).default("info"))
    .addHelpText("after", radioHelp)
    .action(async (options: { radio: RadioChoice; listen: ListenAddress; state: string; logLevel: string }) => {
      const signal = abortOnSignals();
      const [{ runStation }, { createLog }] = await Promise.all([import("./station.ts"), import("./log.ts")]);
      const log = createLog(options.logLevel);
      const { listen, state } = options;
      await withRadio(options.radio, (radio) => runStation({ radio, clock: systemClock, listen, state, log, signal }));
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
      `${radioHelp}\n\nExit codes: 0 connected, 1 failed, 2 wrong usage, 3 timed out, 4 overlap, 130 cancelled.`,
    )
    .action(async (options: { radio: RadioChoice; pin?: Pin; bssid?: MacAddress; json?: true }) => {
      const signal = abortOnSignals();
      const { pin = null, bssid = null, json = false } = options;
      const { runPair } = await import("./pair.ts");
      end(
        await withRadio(options.radio, (radio) =>
          runPair({ radio, clock: systemClock, pin, bssid, json, output: process.stdout, signal }),
        ),
      );
    });

  program
    .command("scan")
    .description("which access points are in sight, and which of them do WPS")
    .addOption(radioOption())
    .addOption(jsonOption())
    .addHelpText("after", radioHelp)
    .action(async (options: { radio: RadioChoice; json?: true }) => {
      const signal = abortOnSignals();
      const { runScan } = await import("./scan.ts");
      end(await withRadio(options.radio, (radio) => runScan(radio, options.json === true, signal)));
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

// Whoever read our output has heard enough, as `openwps scan | head -1` has.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.success);
});

process.exit(await main());
