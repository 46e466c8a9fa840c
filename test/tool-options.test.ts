/** The command line of bench/ and fuzz/: numbers, texts, and a sentence for whatever is neither. */
import { expect, test } from "vitest";
import { readOptions } from "../scripts/tool-options.ts";

const defaults = { enrolments: 300, from: 0, folder: "/tmp" } as const;
const read = (...args: string[]) => readOptions(args, defaults);

test("what is not given has its default", () => expect(read()).toEqual(defaults));
test("what is given is a number where its default is one", () =>
  expect(read("--enrolments", "1_000", "--from=0", "--folder", "/dev/shm")).toEqual({
    enrolments: 1000,
    from: 0,
    folder: "/dev/shm",
  }));
test.each([
  ["--bogus", "There is no option --bogus. There are: --enrolments, --from, --folder."],
  ["--bogus=1", "There is no option --bogus. There are: --enrolments, --from, --folder."],
  ["-e", "There is no option -e. There are: --enrolments, --from, --folder."],
  ["--no-from", "There is no option --no-from. There are: --enrolments, --from, --folder."],
  ["300", "300 is no option. There are: --enrolments, --from, --folder."],
  ["--enrolments", "--enrolments takes a value, and none is there."],
  ["--folder=", "--folder takes a value, and none is there."],
  ["--enrolments=many", "--enrolments takes a whole number from 1 on, and many is none."],
  ["--enrolments=0", "--enrolments takes a whole number from 1 on, and 0 is none."],
  ["--from=-1", "--from takes a whole number from 0 on, and -1 is none."],
  ["--from=1e400", "--from takes a whole number from 0 on, and 1e400 is none."],
])("%s is answered by a sentence", (arg, sentence) => expect(read(arg)).toBe(sentence));
