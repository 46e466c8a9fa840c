import { describe, expect, test } from "vitest";
import { commandWords } from "./command-words.ts";

describe("a command", () => {
  test.each([
    ["ssh root@router hostapd_cli -i wlan0", ["ssh", "root@router", "hostapd_cli", "-i", "wlan0"]],
    ["  a   b  ", ["a", "b"]],
    [`a 'b c' "d e" f\\ g`, ["a", "b c", "d e", "f g"]],
    [`a'b'"c"\\d`, ["abcd"]],
    [`a "" ''`, ["a", "", ""]],
    [`"say \\"x\\" \\\\ \\n"`, [`say "x" \\ \\n`]],
    ["a;b | c $HOME `x` *", ["a;b", "|", "c", "$HOME", "`x`", "*"]],
  ])("%s is split as a shell would, and nothing in it is carried out", (text, words) => {
    expect(commandWords(text)).toEqual(words);
  });

  test.each(["", "   ", "a 'b", 'a "b', "a \\", "'' a"])("%j is none", (text) => {
    expect(commandWords(text)).toBeNull();
  });
});
