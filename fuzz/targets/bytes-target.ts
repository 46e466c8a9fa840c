/** A target whose inputs are bytes, or text: drawn, checked, and shown as hex or JSON when something is found. */
import { toHex } from "../../src/wsc/bytes.ts";
import type { Chance } from "../chance.ts";
import type { Target } from "../target.ts";

interface Parts<Input> {
  readonly name: string;
  readonly share: number;
  draw(chance: Chance): Input;
  readonly check: ((input: Input) => string) | undefined;
}

export function bytesTarget(parts: Parts<Uint8Array>): Target {
  return target(parts, toHex);
}

export function textTarget(parts: Parts<string>): Target {
  return target(parts, (text) => JSON.stringify(text));
}

function target<Input>({ name, share, draw, check }: Parts<Input>, show: (input: Input) => string): Target {
  if (check === undefined) throw new TypeError(`check: expected one for ${name}, got none`);
  return {
    name,
    share,
    states: [],
    draw: (chance) => {
      const input = draw(chance);
      return {
        get input() {
          return show(input);
        },
        run: () => check(input),
      };
    },
  };
}
