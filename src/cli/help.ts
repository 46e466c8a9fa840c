/** Help as `--help` shows it: where options come from is said once, below them, and not at each. */
import type { HelpConfiguration, Option } from "commander";

/** For commander. */
export const helpStyle: HelpConfiguration = {
  showGlobalOptions: false,
  optionDescription: (option) => {
    const choices = option.argChoices?.join(", ");
    const standard = defaultOf(option);
    const notes = [choices, standard === null ? undefined : `default: ${standard}`].filter(
      (note) => note !== undefined,
    );
    return notes.length === 0 ? option.description : `${option.description} (${notes.join("; ")})`;
  },
};

/** What an option is when nobody says anything; null: there is nothing to say of it. */
export function defaultOf({ defaultValue, defaultValueDescription, required }: Option): string | null {
  if (!required || defaultValue === undefined) return null;
  return defaultValueDescription ?? String(defaultValue);
}

/** Below the options of a service. */
export const sourcesHelp = `
Each option can come from the environment too (--log-level from
OPENWPS_LOG_LEVEL; a switch is on or off) or from the configuration file
(log_level = "info"). What is typed wins over the environment, and that over the
file. All of it is in docs/configuration.md of this package.`;

/** Below the options of a command that reads no file. */
export const environmentHelp = `
Each option can come from the environment too: --radio from OPENWPS_RADIO, and
so on.`;
