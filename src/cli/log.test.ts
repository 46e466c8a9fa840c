import { expect, test } from "vitest";
import { humanLine } from "./log.ts";

test("names from the air cannot command the terminal that shows the log", () => {
  const line = JSON.stringify({
    level: 30,
    time: 0,
    msg: "pairing\u009b2J",
    peer: { ssid: "Home\u009b2J" },
    hint: "a\nb",
  });
  const shown = humanLine(line, (_style, text) => text);
  expect(shown.replace(/^\S+/, "")).toBe(' info pairing·2J peer={"ssid":"Home·2J"} hint=a·b\n');
});
