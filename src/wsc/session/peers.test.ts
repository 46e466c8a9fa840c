/** Peers of other times and kinds: 1.0 without Version2, versions to come, meshes, and what M8 may bring beside a key. */
import { describe, expect, test } from "vitest";
import { credentials, type Delivery, deliveryOf, play, seededRandom, tlv } from "../../../test/engine-pair.ts";
import { must } from "../../../test/vectors.ts";
import { inventedSettings } from "../ap-settings.ts";
import { ATTR } from "../attributes.ts";
import { concat, fromHex } from "../bytes.ts";
import { readTlvs } from "../codec.ts";
import { type Credential, mergedCredentials } from "../credential.ts";
import type { MessageType } from "../messages.ts";
import { pushButtonPassword } from "../pin.ts";
import { Secret } from "../secret.ts";
import { stepEnrollee } from "./enrollee.ts";
import { sign } from "./exchange.ts";
import { stepRegistrar } from "./registrar.ts";

const passwords = { enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword };
const run = play(passwords);
if (run.exchange === null) throw new Error("the run has no keys");
const exchange = run.exchange;
const [network] = credentials;
if (network === undefined) throw new Error("no credential");

const MESSAGES = ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8"] as const;
const NO_TAIL: readonly number[] = [ATTR.authenticator.id];

/** What the receiver of a message becomes when its sender had said `tail` in place of the Wi-Fi Alliance's extension. */
function heardWith(type: MessageType, tail: Uint8Array): string {
  const at = run.deliveries.findIndex(({ message }) => message.type === type);
  const delivery = deliveryOf(run, type);
  const kept = must(readTlvs(delivery.message.bytes)).filter(({ id }) => id !== 0x1049 && !NO_TAIL.includes(id));
  const body = concat(...kept.map(({ id, value }) => tlv(id, value)), tail);
  const previous = run.deliveries[at - 1]?.message.bytes;
  const isSigned = type !== "M1" && type !== "WSC_Done" && previous !== undefined;
  const bytes = isSigned ? sign(exchange, previous, concat(body, tlv(0x1005, new Uint8Array(8)))) : body;
  return next(delivery, bytes);
}

function next({ to, state, message: { opCode } }: Delivery, bytes: Uint8Array): string {
  return to === "enrollee"
    ? stepEnrollee(state, { opCode, bytes }).state.name
    : stepRegistrar(state, { type: "message", message: { opCode, bytes } }).state.name;
}

const after = { M1: "deciding", M2: "awaitM4", M3: "awaitM5", M4: "awaitM6", M5: "awaitM7", M6: "awaitM8" };
const expected = { ...after, M7: "awaitDone", M8: "paired" };

describe.each(MESSAGES)("%s", (type) => {
  test("of a 1.0 peer, without Version2, is understood", () => {
    expect(heardWith(type, new Uint8Array())).toBe(expected[type]);
  });

  test("of a peer to come, with attributes and subelements that nobody knows, is understood", () => {
    const tail = concat(tlv(0x1049, "00372a000157ee0201027f00"), tlv(0x10fa, "2a"), tlv(0x1fff, "0102"));
    expect(heardWith(type, tail)).toBe(expected[type]);
  });

  test("with what other vendors add is understood", () => {
    expect(heardWith(type, concat(tlv(0x1049, "00372a000120"), tlv(0x1049, "0011220102")))).toBe(expected[type]);
  });

  test("with a Version2 of two bytes is malformed", () => {
    expect(heardWith(type, tlv(0x1049, "00372a00022020"))).toBe("failed");
  });
});

test("a Registrar sees by the missing Version2 that its Enrollee is a 1.0 device", () => {
  const delivery = deliveryOf(run, "M1");
  if (delivery.to !== "registrar") throw new Error("M1 goes to the Registrar");
  const bytes = concat(
    ...must(readTlvs(delivery.message.bytes)).flatMap(({ id, value }) => (id === 0x1049 ? [] : [tlv(id, value)])),
  );
  const { events } = stepRegistrar(delivery.state, { type: "message", message: { opCode: "WSC_MSG", bytes } });
  expect(events[0]?.enrollee.wfaExtension).toEqual({});
});

test("a backhaul station says in M1 that it is one", () => {
  const { registrarEvents } = play({ ...passwords, multiAp: 0x80 });
  expect(registrarEvents[0]?.enrollee.wfaExtension).toEqual({ version2: 0x20, multiAp: 0x80 });
});

describe("M8 may bring", () => {
  const granted = (given: readonly Credential[]) => {
    const { enrollee } = play({ ...passwords, granted: given });
    if (enrollee.name !== "paired") throw new Error(enrollee.name);
    return enrollee.credentials;
  };

  test("an open network", () => {
    const open = { ...network, authenticationType: 1, encryptionType: 1, networkKey: new Secret("") };
    expect(granted([open])).toEqual([open]);
  });

  test("whether a network may be passed on", () => {
    expect(granted([{ ...network, shareable: true }])[0]?.shareable).toBe(true);
    expect(granted([{ ...network, shareable: false }])[0]?.shareable).toBe(false);
    expect(granted([network])[0]).not.toHaveProperty("shareable");
  });

  test("what applications and other vendors add, which is kept", () => {
    const more = {
      ...network,
      applicationExtension: new Uint8Array(24).fill(5),
      vendorExtensions: [fromHex("00112233"), fromHex("00112244")],
    };
    expect(granted([more])).toEqual([more]);
  });

  test("one network in two modes as two credentials, which are merged", () => {
    const wpa = { ...network, authenticationType: 0x02, encryptionType: 0x04 };
    expect(granted([wpa, network])).toEqual([{ ...network, authenticationType: 0x22, encryptionType: 0x0c }]);
  });

  test("another password for next time", () => {
    const newPassword = { id: 3, secret: new Secret("the next one") };
    expect(play({ ...passwords, newPassword }).enrollee).toMatchObject({ name: "paired", newPassword });
    expect(run.enrollee).toMatchObject({ newPassword: null });
  });
});

describe("credentials that look alike", () => {
  const other = { ...network, ssid: new TextEncoder().encode("Other") };
  test.each([
    ["with another name", other],
    ["with another key", { ...network, networkKey: new Secret("another passphrase") }],
    ["of which one is open", { ...network, authenticationType: 1, encryptionType: 1 }],
  ])("%s stay two networks, in their order", (_, second) => {
    expect(mergedCredentials([network, second])).toEqual([network, second]);
  });

  test("and are three, keep the place of the first", () => {
    expect(mergedCredentials([network, other, network])).toEqual([network, other]);
  });
});

test("an access point that nobody has configured makes up a passphrase and keeps its name", () => {
  const ssid = new TextEncoder().encode("Unconfigured");
  const invented = inventedSettings(ssid, seededRandom(4));
  expect(invented).toMatchObject({ ssid, authenticationType: 0x20, encryptionType: 0x08 });
  expect(invented.networkKey.revealText()).toMatch(/^[A-Za-z0-9+/]{22}$/);
  expect(inventedSettings(ssid, seededRandom(6)).networkKey).not.toEqual(invented.networkKey);
});
