/** What the statuses make of an access point's own Registrar, which tells when a run begins, and not always when it ends. */
import { expect, test } from "vitest";
import type { MacAddress } from "../wsc/address.ts";
import type { OwnEvent, RegistrarEvent, WindowEvent } from "./events.ts";
import { followTransactions, NO_TRANSACTIONS, operationalStatus } from "./status.ts";

const lamp = "02:00:00:00:01:01" as MacAddress;
const meter = "02:00:00:00:01:02" as MacAddress;
const instance = "02:00:00:00:00:01" as MacAddress;

function statusAfter(...events: readonly (OwnEvent | WindowEvent)[]): string {
  const state = events.reduce(
    (before, event) => followTransactions(before, { instance, at: 0, ...event } satisfies RegistrarEvent),
    NO_TRANSACTIONS,
  );
  return `${operationalStatus(state, true)}, ${state.last}`;
}

const started = { type: "startedThere", station: lamp } as const;
const ended = { type: "endedThere", station: lamp } as const;
const enrolled = { type: "enrolledThere", station: lamp, uuid: "11".repeat(16), method: "pin" } as const;
const failed = { type: "failedThere", configError: 18 } as const;
const closed = (reason: "stopped" | "timeout") => ({ type: "windowClosed", method: "pin", reason }) as const;

test.each<[string, readonly (OwnEvent | WindowEvent)[], string]>([
  ["begins", [started], "Adding Enrollee, None"],
  ["enrols", [started, enrolled], "Ready, Success"],
  ["enrols, and is then over", [started, enrolled, ended], "Ready, Success"],
  ["fails", [started, failed, ended], "Ready, WPS Message Error"],
  ["comes to nothing", [started, ended], "Ready, None"],
  ["ends while another one goes on", [started, { ...started, station: meter }, ended], "Adding Enrollee, None"],
  ["vanishes, and its window is closed", [started, closed("stopped")], "Ready, None"],
  ["vanishes, and its window's time is over", [started, closed("timeout")], "Ready, Timed Out"],
])("a run there that %s", (_what, events, status) => {
  expect(statusAfter(...events)).toBe(status);
});
