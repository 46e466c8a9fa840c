import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WscMessage } from "../session/session.ts";
import { IDLE, receiveFragment, sendMessage, split, type Transfer } from "./fragments.ts";
import type { Fragment } from "./packet.ts";

const message = (length: number): WscMessage => ({
  opCode: "WSC_MSG",
  bytes: Uint8Array.from({ length }, (_, i) => i % 251),
});
const piece = (changes: Partial<Fragment>): Fragment => ({
  opCode: "WSC_MSG",
  moreFragments: true,
  messageLength: null,
  data: new Uint8Array(10),
  ...changes,
});

/** Both ends with nothing between them: the message that arrives, and how many pieces it took. */
function carry(sent: WscMessage, fragmentSize: number) {
  let { transfer: sending, fragment } = sendMessage(sent, fragmentSize);
  let receiving: Transfer = IDLE;
  for (let pieces = 1; ; pieces++) {
    expect(2 + (fragment.messageLength === null ? 0 : 2) + fragment.data.length).toBeLessThanOrEqual(fragmentSize);
    const there = receiveFragment(receiving, fragment);
    if (!there.ok) throw new Error(there.error);
    if (there.value.type === "message") return { message: there.value.message, pieces, sending };
    receiving = there.value.transfer;
    const back = receiveFragment(sending, there.value.fragment);
    if (!back.ok || back.value.type !== "reply") throw new Error("expected the next piece");
    sending = back.value.transfer;
    fragment = back.value.fragment;
  }
}

test("any message arrives whole in pieces of any size", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 5, max: 700 }), (bytes, fragmentSize) => {
      const arrived = carry({ opCode: "WSC_Done", bytes }, fragmentSize);
      expect(arrived.message).toEqual({ opCode: "WSC_Done", bytes });
      expect(arrived.sending).toEqual(IDLE);
    }),
  );
});

test("the longest message arrives in the shortest pieces", () => {
  expect(carry(message(50_000), 1400).message).toEqual(message(50_000));
  expect(carry(message(2_000), 5).pieces).toBe(668);
});

test("a message that just fits is sent whole", () => {
  expect(split(message(1398), 1400)).toHaveLength(1);
  expect(split(message(1399), 1400)).toHaveLength(2);
});

test("a size without room for data is the caller's bug", () => {
  expect(() => split(message(10), 4)).toThrow(RangeError);
  expect(() => split(message(10), Number.NaN)).toThrow(RangeError);
});

describe("hostile pieces", () => {
  const receiving = (): Transfer => {
    const first = receiveFragment(IDLE, piece({ messageLength: 30 }));
    if (!first.ok || first.value.type !== "reply") throw new Error("expected a FRAG_ACK");
    expect(first.value.fragment.opCode).toBe("FRAG_ACK");
    return first.value.transfer;
  };
  const fault = (transfer: Transfer, fragment: Fragment) => {
    const received = receiveFragment(transfer, fragment);
    return received.ok ? received.value.type : received.error;
  };

  test("the first of several that does not tell the length", () => {
    expect(fault(IDLE, piece({}))).toBe("lengthMissing");
  });

  test("a length below what is there already", () => {
    expect(fault(IDLE, piece({ messageLength: 9 }))).toBe("badLength");
    expect(fault(IDLE, piece({ messageLength: 9, moreFragments: false }))).toBe("badLength");
  });

  test("a length over 50,000", () => {
    expect(fault(IDLE, piece({ messageLength: 50_000 }))).toBe("reply");
    expect(fault(IDLE, piece({ messageLength: 50_001 }))).toBe("badLength");
  });

  test("more bytes than announced, in the middle or at the end", () => {
    expect(fault(receiving(), piece({ data: new Uint8Array(20) }))).toBe("reply");
    expect(fault(receiving(), piece({ data: new Uint8Array(21) }))).toBe("overlong");
    expect(fault(receiving(), piece({ data: new Uint8Array(21), moreFragments: false }))).toBe("overlong");
  });

  test("another op-code than the first piece's", () => {
    expect(fault(receiving(), piece({ opCode: "WSC_Done" }))).toBe("unexpectedOpCode");
  });

  test("a message before our own has gone out, an acknowledgement of nothing, a start where a message is due", () => {
    const { transfer } = sendMessage(message(100), 50);
    expect(fault(transfer, piece({ moreFragments: false }))).toBe("unexpectedOpCode");
    expect(fault(IDLE, piece({ opCode: "FRAG_ACK", moreFragments: false }))).toBe("unexpectedOpCode");
    expect(fault(IDLE, piece({ opCode: "WSC_Start", moreFragments: false }))).toBe("unexpectedOpCode");
  });

  test("one without bytes that promises more, for ever", () => {
    expect(fault(receiving(), piece({ data: new Uint8Array() }))).toBe("empty");
  });
});
