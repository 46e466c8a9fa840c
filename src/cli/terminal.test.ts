import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { LiveLine, pad, paintFor, printable } from "./terminal.ts";

function screen(isTTY: boolean) {
  let written = "";
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      written += chunk;
      done();
    },
  });
  const output = Object.assign(stream, { isTTY, hasColors: () => isTTY, columns: 20 });
  return { output, written: () => written };
}

test("names from the air cannot command the terminal", () => {
  expect(printable("Home\u001b[2J\r\n\u009b\u202e")).toBe("Home·[2J····");
});

test("colours are for terminals only", () => {
  expect(paintFor(screen(true).output)("red", "x")).toBe("\u001b[31mx\u001b[39m");
  expect(paintFor(screen(false).output)("red", "x")).toBe("x");
});

test("padding counts what is seen", () => {
  expect(pad("\u001b[31mab\u001b[39m", 4)).toBe("\u001b[31mab\u001b[39m  ");
});

test("a live line is cut to the terminal, and stays below what is printed", () => {
  const { output, written } = screen(true);
  const line = new LiveLine(output);
  line.show("a text that is too long for it");
  line.print("done");
  expect(written().split("\r\u001b[2K")).toEqual(["", "a text that is too…", "done\n", "a text that is too…"]);
});

test("elsewhere only whole lines come out", () => {
  const { output, written } = screen(false);
  const line = new LiveLine(output);
  line.show("counting");
  line.print("done");
  line.clear();
  expect(written()).toBe("done\n");
});
