/** Names of EAP packets, on recorded runs: see test/vectors. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fromHex } from "../../wsc/bytes.ts";
import { eapMessage } from "./eap-message.ts";

function recorded(name: string): readonly string[] {
  const file = join(import.meta.dirname, "../../../test/vectors", `${name}.json`);
  const { eap } = JSON.parse(readFileSync(file, "utf8")) as { eap: readonly { eap?: string }[] };
  return eap.flatMap((packet) => (packet.eap === undefined ? [] : [eapMessage(fromHex(packet.eap))]));
}

test("a recorded run reads as it went", () => {
  expect(recorded("pbc")).toEqual([
    "Identity",
    "Identity",
    "WSC_Start",
    "M1",
    "M2",
    "M3",
    "M4",
    "M5",
    "M6",
    "M7",
    "M8",
    "WSC_Done",
    "Failure",
  ]);
});

test("a fragmented message is named by its first piece", () => {
  const names = recorded("frag");
  expect(names.filter((name) => name === "M1")).toHaveLength(1);
  expect(names).toEqual(expect.arrayContaining(["fragment", "FRAG_ACK", "M8"]));
});

test("anything at all has a name", () => {
  for (let length = 0; length < 40; length++) expect(eapMessage(new Uint8Array(length).fill(254))).toBe("EAP");
  expect(eapMessage(Uint8Array.of(3, 1, 0, 4))).toBe("Success");
});
