/** By touch: tokens of stations and access points, and handovers, with access points in every state. */
import { describe, expect, test } from "vitest";
import { inventedSettings } from "../../src/wsc/ap-settings.ts";
import { WSC_STATE } from "../../src/wsc/attributes.ts";
import { publicKeyOf } from "../../src/wsc/crypto.ts";
import { publicKeyHash } from "../../src/wsc/keys.ts";
import {
  composeConfigurationToken,
  drawPasswordToken,
  handoverPassword,
  ownTokenPassword,
  readConfigurationToken,
  readHandoverRequest,
  readHandoverSelect,
  readTokenPassword,
  toNdef,
} from "../../src/wsc/nfc.ts";
import { drawEnrollee } from "../../src/wsc/session/enrollee.ts";
import { drawRegistrar } from "../../src/wsc/session/registrar.ts";
import { playAccessPoint } from "../access-point-pair.ts";
import { devices, type PlayOptions, play, seededRandom } from "../engine-pair.ts";
import { must } from "../vectors.ts";
import { ascii, runPlayed, without } from "./forge.ts";

const { token, privateKey } = drawPasswordToken(seededRandom(21));
/** What an access point makes up that nobody has configured. */
const invented = inventedSettings(ascii("Unconfigured"), seededRandom(22));
const credential = { ...invented, macAddress: devices.enrollee.macAddress };

describe("an access point that nobody has configured hands out what it has made up", () => {
  test("to a station whose token was read", () => {
    const { enrollee } = play({
      enrolleePassword: ownTokenPassword(token),
      registrarPassword: readTokenPassword(token),
      enrolleeDraws: { ...drawEnrollee(seededRandom(23)), privateKey },
      granted: [credential],
    });
    expect(enrollee).toMatchObject({ name: "paired", credentials: [credential] });
  });

  test("to a station in a handover", () => {
    expect(hand({ granted: [credential] }).enrollee).toMatchObject({ name: "paired", credentials: [credential] });
  });

  test("by a configuration token", () => {
    const bytes = composeConfigurationToken([credential], {});
    expect(must(readConfigurationToken(toNdef(bytes))).usable).toEqual([credential]);
  });
});

test.each([
  ["nobody has configured", WSC_STATE.notConfigured],
  ["is configured", WSC_STATE.configured],
])("an access point that %s is set up by a Registrar that has read its token", (_, wscState) => {
  const password = ownTokenPassword(token);
  const played = playAccessPoint({
    task: { type: "configure", settings: invented },
    wscState,
    access: { type: "readAndWrite", passwords: [password] },
    registrarPassword: password,
  });
  expect(played.accessPoint).toEqual({ name: "configured", settings: invented });
  expect(played.registrar).toEqual({ name: "configured", settings: invented });
});

describe("a handover", () => {
  test("does not mind that the station has a token as well", () => {
    expect(hand({ otherPasswords: [ownTokenPassword(token)] }).enrollee.name).toBe("paired");
  });

  test("in which M2 brings no settings: NACK 0", () => {
    const run = runPlayed(hand());
    expect(run.given("M2", run.forged("M2", without("encryptedSettings")))).toBe("NACK 0: malformed");
  });

  test.each([
    ["bytes that are no attributes", Uint8Array.of(0x00, 0x11, 0x22)],
    ["one byte", Uint8Array.of(0)],
    ["nothing", new Uint8Array()],
  ])("does not begin with %s", (_, bytes) => {
    expect(readHandoverRequest(bytes).ok).toBe(false);
    expect(readHandoverSelect(bytes).ok).toBe(false);
  });
});

/** A handover between a station and a network that have shown each other the hash of their key. */
function hand(options: Partial<PlayOptions> = {}) {
  const enrolleeDraws = drawEnrollee(seededRandom(31));
  const registrarDraws = drawRegistrar(seededRandom(32));
  return play({
    enrolleePassword: handoverPassword(publicKeyHash(publicKeyOf(registrarDraws.privateKey))),
    registrarPassword: handoverPassword(publicKeyHash(publicKeyOf(enrolleeDraws.privateKey))),
    enrolleeDraws,
    registrarDraws,
    ...options,
  });
}
