import { describe, expect, test } from "vitest";
import { loadVector } from "../../test/vectors.ts";
import { type MacAddress, parseMacAddress } from "./address.ts";
import { fromHex, toHex } from "./bytes.ts";
import { isPublicKey, publicKeyOf, sha256, sharedSecret, uuidFromMac } from "./crypto.ts";
import { authenticatorOf, commitment, dhKeyFrom, kdkFrom, passwordHalves, sessionKeysFrom } from "./keys.ts";
import { Secret } from "./secret.ts";
import { openSettings, sealSettings } from "./settings.ts";

const filled = (byte: number, length: number) => new Uint8Array(length).fill(byte);
const ascii = (text: string) => new TextEncoder().encode(text);
const shown = (secret: Secret) => toHex(secret.reveal());
const mac = (text: string): MacAddress => {
  const parsed = parseMacAddress(text);
  if (parsed === null) throw new Error(`no MAC address: ${text}`);
  return parsed;
};

/** From KDK 00 01 .. 1f, as the vectors of the fact sheet all are. */
const keys = sessionKeysFrom(new Secret(Uint8Array.from({ length: 32 }, (_, i) => i)));

describe("key derivation", () => {
  test("session keys from a KDK", () => {
    expect(shown(keys.authKey)).toBe("9a11d831eac2fa168c4d8000827b0d1857e144d88765b3b8ab23fd1245c6d24f");
    expect(shown(keys.keyWrapKey)).toBe("89394b7a2ae581c1a67d842d78fed083");
    expect(shown(keys.emsk)).toBe("ab1761913c7b2d8fc2c85d87cd37231a4b0ead5f24dfee5e7ad6d3222e3abb29");
  });

  test("DHKey and KDK", () => {
    const dhKey = dhKeyFrom(new Secret(filled(3, 192)));
    expect(shown(dhKey)).toBe("ce43d079b78b92495eb05f9889fd5e58dbdb1eb8360397aadd7ae037f0dacc08");
    expect(shown(kdkFrom(dhKey, filled(1, 16), mac("02:00:00:00:00:00"), filled(2, 16)))).toBe(
      "580e5cb122b48f03e42768ed023cfa53ac7fda969cd597e5eb8f8005a343ee2c",
    );
  });

  test.each([
    ["12345670", "1f2999316093b2dbfdd743e33f5bab62", "3a151956fee1bd46db28f0441c83fe5b"],
    ["1234", "d29deae6d81fe718f88ca7deecc0575b", "0db8826f62c159fc06ab971ac7d26f09"],
    ["12345", "078096e814d9d07e14ee797233460fa4", "221bb7301e2bda6e31d77384410dbceb"],
  ])("halves of the password %s, the first the longer one", (password, psk1, psk2) => {
    const halves = passwordHalves(keys, new Secret(password));
    expect([shown(halves.psk1), shown(halves.psk2)]).toEqual([psk1, psk2]);
  });

  test("E-Hash1 and E-Hash2", () => {
    const { psk1, psk2 } = passwordHalves(keys, new Secret("12345670"));
    const hash = (snonce: number, psk: Secret) =>
      toHex(commitment(keys, new Secret(filled(snonce, 16)), psk, filled(0xaa, 192), filled(0xbb, 192)));
    expect(hash(0x11, psk1)).toBe("92a7b7af3eaa2176227d8fc0ce462d43f7fef629ce3a435132041495da6062eb");
    expect(hash(0x22, psk2)).toBe("9f6dcfe09553a12feeeba92fd1ef6fa162bb33796f3cef580766a3e3c1345c4c");
  });

  test("Authenticator", () => {
    expect(toHex(authenticatorOf(keys, ascii("M1-bytes"), ascii("M2-bytes")))).toBe("14b28ae709a87173");
  });
});

describe("Encrypted Settings", () => {
  const iv = Uint8Array.from({ length: 16 }, (_, i) => 0xf0 + i);
  const value =
    "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff70467159f62f46ecd19f98503c28c55c787dd8ef944dd898c0ad1347c2fe312f5621d9443bd8aa9f8a99925cbea52c38";

  test("are sealed as the fact sheet has it", () => {
    const sealed = sealSettings(keys, iv, ["eSnonce1"], { eSnonce1: new Secret(filled(0x11, 16)) });
    expect(toHex(sealed)).toBe(value);
  });

  test("open again", () => {
    const opened = openSettings(keys, ["eSnonce1"], fromHex(value));
    if (!opened.ok) throw new Error(opened.error.kind);
    expect(shown(opened.value.eSnonce1)).toBe("11".repeat(16));
  });

  test.each([
    ["cut in the middle of a block", fromHex(value).subarray(0, -1), { kind: "badLength", length: 63 }],
    ["no more than an IV", fromHex(value).subarray(0, 16), { kind: "badLength", length: 16 }],
    ["without their last block", fromHex(value).subarray(0, -16), { kind: "badPadding" }],
  ])("do not open when %s", (_, bytes, error) => {
    expect(openSettings(keys, ["eSnonce1"], bytes)).toEqual({ ok: false, error });
  });

  test("do not open when one bit of the first block is turned", () => {
    const turned = fromHex(value);
    turned[6] = (turned[6] ?? 0) ^ 1;
    expect(openSettings(keys, ["eSnonce1"], turned)).toEqual({ ok: false, error: { kind: "badKeyWrapAuthenticator" } });
  });

  test("do not open for other keys", () => {
    const others = { ...keys, authKey: new Secret(filled(9, 32)) };
    expect(openSettings(others, ["eSnonce1"], fromHex(value))).toEqual({
      ok: false,
      error: { kind: "badKeyWrapAuthenticator" },
    });
  });

  test("that hold something else say what is missing", () => {
    expect(openSettings(keys, ["rSnonce1"], fromHex(value))).toEqual({
      ok: false,
      error: { kind: "malformed", fault: { kind: "missing", attribute: "rSnonce1" } },
    });
  });
});

describe("Diffie-Hellman", () => {
  test.each(["pbc", "pin", "psk64", "reg_learn"])("the keys of the recorded run %s", (name) => {
    const { stationKeys, apKeys } = loadVector(name);
    const own = (side: typeof apKeys, field: string) => fromHex(side[field] ?? "");
    const privateKey = new Secret(own(stationKeys, "DH Private Key"));
    expect(toHex(publicKeyOf(privateKey))).toBe(stationKeys["DH own Public Key"]);
    const shared = sharedSecret(privateKey, own(apKeys, "DH own Public Key"));
    expect(shared && shown(shared)).toBe(stationKeys["DH shared key"]);
  });

  // 2^1 as public key of private key 1: the shortest number there is, written out in full.
  test("keys are filled up with zeros to 192 bytes", () => {
    expect(toHex(publicKeyOf(new Secret(Uint8Array.of(1))))).toBe(`${"00".repeat(191)}02`);
    const shared = sharedSecret(new Secret(Uint8Array.of(1)), fromHex(`${"00".repeat(191)}05`));
    expect(shared && shown(shared)).toBe(`${"00".repeat(191)}05`);
  });

  const prime = `ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca237327ffffffffffffffff`;
  const minus = (n: number) => prime.slice(0, -2) + (0xff - n).toString(16);

  test.each([
    ["nothing", ""],
    ["0", "00".repeat(192)],
    ["1", `${"00".repeat(191)}01`],
    ["1 in 190 bytes", `${"00".repeat(189)}01`],
    ["p - 1", minus(1)],
    ["p", prime],
    ["all ones", "ff".repeat(192)],
    ["longer than p", `01${prime}`],
  ])("%s is no public key", (_, key) => {
    expect(isPublicKey(fromHex(key))).toBe(false);
    expect(sharedSecret(new Secret(filled(7, 32)), fromHex(key))).toBeNull();
  });

  test.each([
    ["2", `${"00".repeat(191)}02`],
    ["p - 2", minus(2)],
    ["a key of 190 bytes", "11".repeat(190)],
  ])("%s is a public key", (_, key) => {
    expect(isPublicKey(fromHex(key))).toBe(true);
    expect(sharedSecret(new Secret(filled(7, 32)), fromHex(key))?.length).toBe(192);
  });
});

test("hash of a public key", () => {
  expect(toHex(sha256(filled(0xaa, 192)).subarray(0, 20))).toBe("1052ae7ed79c25c278caa51190d294ed11856813");
});

test.each([
  ["02:00:00:00:00:00", "362db47ba53a519188fb5458b986b2e4"],
  ["02:66:a0:ee:17:27", "2b7093f1d6fb5108adbbbea66bb87333"],
])("UUID of %s", (address, uuid) => {
  expect(toHex(uuidFromMac(mac(address)))).toBe(uuid);
});
