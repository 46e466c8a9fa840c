/** What a station makes of the Credentials in M8, bit by bit, and what several of them come to. */
import { describe, expect, test } from "vitest";
import { macAddressBytes } from "../../src/wsc/address.ts";
import type { Credential } from "../../src/wsc/credential.ts";
import { pinPassword, pushButtonPassword } from "../../src/wsc/pin.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { pin } from "../air/world.ts";
import { credentials, devices, play } from "../engine-pair.ts";
import { ascii, attributes, replacing, stationRun } from "./forge.ts";

const run = stationRun(pinPassword(pin("12345670")));
const good = {
  networkIndex: Uint8Array.of(1),
  ssid: ascii("Home"),
  authenticationType: Uint8Array.of(0, 0x20),
  encryptionType: Uint8Array.of(0, 0x08),
  networkKey: ascii("12345678"),
  macAddress: macAddressBytes(devices.enrollee.macAddress),
};
const open = { authenticationType: Uint8Array.of(0, 1), encryptionType: Uint8Array.of(0, 1) };
type Changes = { readonly [N in keyof typeof good]?: Uint8Array | null };

const m8 = (settings: Uint8Array) => run.forged("M8", replacing("encryptedSettings", run.sealed(settings)));
const credentialWith = (changes: Changes) => attributes({ credential: attributes({ ...good, ...changes }) });
const given = (changes: Changes) => run.given("M8", m8(credentialWith(changes)));

describe("a Credential", () => {
  test("that is complete is taken", () => expect(given({})).toBe("goes on to paired"));
  test("whose MAC Address is another device's is taken all the same", () =>
    expect(given({ macAddress: new Uint8Array(6) })).toBe("goes on to paired"));
  test("of an open network may lack its Network Key", () =>
    expect(given({ ...open, networkKey: null })).toBe("goes on to paired"));

  test("whose SSID and Network Key end in NUL is taken without them", () => {
    const padded = credentialWith({ ssid: ascii("Home\0"), networkKey: ascii("12345678\0") });
    const { state } = run.reached("M8", m8(padded));
    expect(state).toMatchObject({
      name: "paired",
      credentials: [{ ssid: ascii("Home"), networkKey: new Secret("12345678") }],
    });
  });

  test.each([
    ["SSID", { ssid: null }],
    ["Authentication Type", { authenticationType: null }],
    ["Encryption Type", { encryptionType: null }],
    ["Network Key", { networkKey: null }],
    ["MAC Address", { macAddress: null }],
  ])("without %s spoils M8: NACK 0", (_, changes) => expect(given(changes)).toBe("NACK 0: badCredential"));

  test("with an Encryption Type of 0 spoils M8: NACK 0", () =>
    expect(given({ encryptionType: Uint8Array.of(0, 0) })).toBe("NACK 0: badCredential"));

  // The reference says Done, and then has a network without a name.
  test("of a network without a name is of no use: NACK 0", () =>
    expect(given({ ssid: new Uint8Array() })).toBe("NACK 0: noUsableCredential"));
  test("that holds WEP is of no use: NACK 0", () =>
    expect(given({ ...open, encryptionType: Uint8Array.of(0, 2), networkKey: ascii("hello") })).toBe(
      "NACK 0: noUsableCredential",
    ));
});

test("an M8 without any Credential: NACK 0", () => {
  expect(run.given("M8", m8(new Uint8Array()))).toBe("NACK 0: noUsableCredential");
});

describe("M8 with several networks", () => {
  const [network] = credentials;
  if (network === undefined) throw new Error("no credential");
  const passwords = { enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword };
  const paired = (granted: readonly Credential[]) => {
    const { enrollee } = play({ ...passwords, granted });
    if (enrollee.name !== "paired") throw new Error(enrollee.name);
    return enrollee.credentials;
  };

  test("in mixed mode as two Credentials is one network that speaks both", () => {
    const wpa = { ...network, authenticationType: 0x02, encryptionType: 0x04 };
    expect(paired([wpa, network])).toEqual([{ ...network, authenticationType: 0x22, encryptionType: 0x0c }]);
  });

  test("gives all of them, in their order", () => {
    const stub = { ...network, ssid: ascii("Stub") };
    expect(paired([stub, network])).toEqual([stub, network]);
  });

  test("hands each station a key of its own, where its caller has one for each", () => {
    const keyed = (text: string) => ({ ...network, networkKey: new Secret(text.repeat(64)) });
    const [first, second] = [paired([keyed("a")]), paired([keyed("b")])];
    expect(first).toEqual([keyed("a")]);
    expect(second).toEqual([keyed("b")]);
  });
});
