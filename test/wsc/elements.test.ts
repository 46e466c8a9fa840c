/** Elements of beacons, probes and associations: too long for one, damaged, or in odd company. */
import { describe, expect, test } from "vitest";
import { RF_BAND, WSC_STATE } from "../../src/wsc/attributes.ts";
import { concat, fromHex, toHex } from "../../src/wsc/bytes.ts";
import {
  type Advertisement,
  attributesIn,
  composeBeacon,
  composeProbeResponse,
  type ElementKind,
  readElement,
} from "../../src/wsc/elements.ts";
import { devices } from "../engine-pair.ts";
import { must } from "../vectors.ts";

const idle: Advertisement = {
  device: devices.registrar,
  wscState: WSC_STATE.configured,
  setupLocked: false,
  selectedRegistrar: null,
  dualBand: false,
};
const read = <K extends ElementKind>(kind: K, elements: Uint8Array) =>
  readElement(kind, attributesIn(elements) ?? new Uint8Array());
/** An element that ends in half the id of an attribute. */
const stump = fromHex("dd050050f20410");

test("an access point with the longest texts needs two elements, and a station reads them as one", () => {
  const long = "1234567890abcdef".repeat(2);
  const device = {
    ...devices.registrar,
    deviceName: long,
    manufacturer: long + long,
    modelName: long,
    modelNumber: long,
    serialNumber: long,
  };
  const elements = composeProbeResponse({ ...idle, device });
  expect(toHex(elements).match(/dd..0050f204/g)).toHaveLength(2);
  expect(must(read("probeResponse", elements))).toMatchObject({
    deviceName: long,
    manufacturer: long + long,
    modelName: long,
    modelNumber: long,
    serialNumber: long,
  });
});

describe("an element that ends within an attribute", () => {
  test.each([
    "associationRequest",
    "beacon",
    "probeResponse",
  ] as const)("of a %s is a fault, not an exception", (kind) => {
    expect(read(kind, stump)).toEqual({ ok: false, error: { kind: "truncated", offset: 0 } });
  });

  test("beside a good one spoils both, because they are one", () => {
    expect(read("beacon", concat(composeBeacon(idle), stump)).ok).toBe(false);
  });
});

test("an element with a state that nobody knows, and a name that is a line break, is read as it is", () => {
  const element = fromHex("dd0e0050f20410440001ff101100010a");
  expect(must(read("beacon", element))).toMatchObject({ wscState: 0xff, deviceName: "\n" });
});

test.each([
  ["2.4 GHz", RF_BAND.ghz24, "103c000101"],
  ["5 GHz", RF_BAND.ghz5, "103c000102"],
  ["both", RF_BAND.ghz24 | RF_BAND.ghz5, "103c000103"],
])("an access point that is told to name its bands names %s", (_, rfBands, attribute) => {
  const advertisement = { ...idle, device: { ...devices.registrar, rfBands }, dualBand: true };
  expect(toHex(composeBeacon(advertisement))).toContain(attribute);
  expect(toHex(composeProbeResponse(advertisement))).toContain(attribute);
});
