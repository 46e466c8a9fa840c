import { expect, test } from "vitest";
import { isInstalled, runProgram } from "./programs.ts";

const options = { failed: "It was not done", hint: "Do something else." };
const sh = { name: "sh", package: "dash" };

test("a program gives what it prints, and reads what it is given", async () => {
  expect(await runProgram({ name: "cat", package: "coreutils" }, [], { ...options, input: "words" })).toBe("words");
});

test("a program that is not there is unsupported, and the package is named that has it", async () => {
  expect(isInstalled("openwps-no-such-program")).toBe(false);
  await expect(runProgram({ name: "openwps-no-such-program", package: "thing" }, [], options)).rejects.toMatchObject({
    kind: "unsupported",
    message: "It was not done: the program openwps-no-such-program is not installed.",
    hint: expect.stringContaining("apt install thing"),
  });
});

test("missing rights are told as such, whatever else as the program says it", async () => {
  const complain = (words: string) => runProgram(sh, ["-c", `echo "${words}" >&2; exit 2`], options);
  await expect(complain("RTNETLINK answers: Operation not permitted")).rejects.toMatchObject({ kind: "permission" });
  await expect(complain("Cannot find device wlan9")).rejects.toMatchObject({
    kind: "refused",
    message: 'It was not done: sh said "Cannot find device wlan9".',
    hint: "Do something else.",
  });
  await expect(runProgram(sh, ["-c", "exit 1"], options)).rejects.toMatchObject({
    message: "It was not done: sh gave no reason.",
  });
});
