/**
 * Options out of the environment: `--log-level` from OPENWPS_LOG_LEVEL. Commander reads those that take a value; it
 * takes a switch that stands there at all for one that is on, which would let OPENWPS_HOTSPOT_OPEN=0 open a hotspot.
 */
import { type Command, Option } from "commander";
import { Complaint } from "./complaint.ts";
import { EXIT } from "./exit-codes.ts";

const prefix = "OPENWPS_";

/** An option that can come from the environment too: `--listen` from OPENWPS_LISTEN, `--no-mdns` from OPENWPS_MDNS. */
export function option(flags: string, description: string): Option {
  return named(new Option(flags, description));
}

/** An option that may be given several times, and may be a list in the configuration file. */
export class ListOption extends Option {}

/** As {@link option}. Its parser adds to what there is. */
export function listOption(flags: string, description: string): ListOption {
  return named(new ListOption(flags, `${description}; may be given several times`));
}

function named<T extends Option>(made: T): T {
  return made.env(prefix + made.name().replace(/^no-/, "").replaceAll("-", "_").toUpperCase());
}

/** Takes out what is empty: `OPENWPS_LED=` in a unit's environment file says that there is none. */
export function dropEmpty(environment: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(environment))
    if (name.startsWith(prefix) && value === "") delete environment[name];
}

/** Reads the switches of a command that come from the environment: on or off, as people write it. */
export function readSwitches(command: Command, environment: NodeJS.ProcessEnv): void {
  for (const option of command.options) {
    const attribute = option.attributeName();
    if (!option.isBoolean() && !option.negate) continue;
    if (option.envVar === undefined || command.getOptionValueSource(attribute) !== "env") continue;
    const text = environment[option.envVar] ?? "";
    const isOn = /^(?:1|on|yes|true)$/i.test(text);
    if (!isOn && !/^(?:0|off|no|false)$/i.test(text))
      throw new Complaint(`${option.envVar} must be on or off, not ${JSON.stringify(text)}.`, EXIT.usage);
    command.setOptionValueWithSource(attribute, isOn, "env");
  }
}
