/** An access point's part in an EAP run, against desks and peers that misbehave. */
import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual-clock.ts";
import type { Conversation } from "../../wsc/eap/conversation.ts";
import { EapRelay } from "./eap-relay.ts";

const request = (identifier: number) => Uint8Array.of(1, identifier, 0, 5, 254);
const response = (identifier: number) => Uint8Array.of(2, identifier, 0, 5, 254);
const failure = Uint8Array.of(4, 9, 0, 4);

/** A relay whose desk gives these packets one after the other; what went out, what came in, and whether it is over. */
function relayTo(answers: readonly (Uint8Array | Error)[]) {
  const clock = new VirtualClock();
  const sent: number[][] = [];
  const heard: (number | null)[] = [];
  const ends: string[] = [];
  const left = [...answers];
  const conversation: Conversation = {
    respond: async (packet) => {
      heard.push(packet === null ? null : (packet[1] ?? -1));
      const next = left.shift() ?? failure;
      if (next instanceof Error) throw next;
      return next;
    },
    close: () => ends.push("conversation closed"),
  };
  const relay = new EapRelay({
    clock,
    open: () => conversation,
    send: (packet) => sent.push([...packet]),
    ended: () => ends.push("ended"),
  });
  return { clock, relay, sent, heard, ends };
}

describe("the relay of an access point", () => {
  test("asks three times who is there, and then gives up", async () => {
    const { clock, sent, ends } = relayTo([]);
    await clock.advance(14_000);
    expect([sent.length, ends]).toEqual([3, []]);
    await clock.advance(1_000);
    expect([sent.length, ends]).toEqual([3, ["ended"]]);
  });

  test("carries each request once, whatever the peer repeats", async () => {
    const { clock, relay, sent, heard } = relayTo([request(1), request(2)]);
    relay.receive(response(0));
    relay.receive(response(0));
    await clock.advance(0);
    relay.receive(response(0));
    relay.receive(request(1));
    relay.receive(new Uint8Array());
    relay.receive(response(1));
    await clock.advance(0);
    expect(heard).toEqual([0, 1]);
    expect(sent.slice(1)).toEqual([[...request(1)], [...request(2)]]);
  });

  test("tells the desk of silence every 5 s, and ends with its last packet", async () => {
    const { clock, relay, sent, heard, ends } = relayTo([request(1), request(1), failure]);
    relay.receive(response(0));
    await clock.advance(20_000);
    expect(heard).toEqual([0, null, null]);
    expect(sent.at(-1)).toEqual([...failure]);
    expect(ends).toEqual(["conversation closed", "ended"]);
  });

  test("ends when the desk cannot answer, and says nothing after it was closed", async () => {
    const broken = relayTo([new Error("no desk")]);
    broken.relay.receive(response(0));
    await broken.clock.advance(0);
    expect(broken.ends).toEqual(["conversation closed", "ended"]);

    const closed = relayTo([request(1)]);
    closed.relay.receive(response(0));
    closed.relay.close();
    closed.relay.close();
    await closed.clock.advance(60_000);
    expect([closed.sent.length, closed.ends]).toEqual([1, ["conversation closed", "ended"]]);
  });
});
