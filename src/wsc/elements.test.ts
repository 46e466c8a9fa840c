/** Elements as hostapd and wpa_supplicant sent them, read and written again; and elements split over several. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { devices } from "../../test/engine-pair.ts";
import { must } from "../../test/vectors.ts";
import { parseMacAddress } from "./address.ts";
import { CONFIG_METHOD, DEVICE_PASSWORD_ID, WSC_STATE } from "./attributes.ts";
import { concat, fromHex, toHex } from "./bytes.ts";
import {
  type Advertisement,
  ANYBODY,
  attributesIn,
  authorizedMacsIn,
  composeAssociationRequest,
  composeAssociationResponse,
  composeBeacon,
  composeProbeRequest,
  composeProbeResponse,
  type ElementKind,
  REQUEST_TYPE,
  readElement,
  toElements,
  writeElement,
} from "./elements.ts";

const station = {
  ...devices.enrollee,
  // It scans on both bands, and runs on one.
  rfBands: 3,
};
const idle: Advertisement = {
  device: devices.registrar,
  wscState: WSC_STATE.configured,
  setupLocked: false,
  selectedRegistrar: null,
  dualBand: false,
};
const byButton: Advertisement = {
  ...idle,
  selectedRegistrar: {
    devicePasswordId: DEVICE_PASSWORD_ID.pushButton,
    configMethods: 0x238c,
    authorizedMacs: [ANYBODY],
  },
};
const byPin: Advertisement = {
  ...idle,
  selectedRegistrar: { devicePasswordId: DEVICE_PASSWORD_ID.default, configMethods: 0x210c, authorizedMacs: [ANYBODY] },
};

/** From the air between hostapd 2.10 and wpa_supplicant 2.10. */
const recorded: readonly (readonly [string, ElementKind, string, Uint8Array])[] = [
  ["a beacon", "beacon", "dd180050f204104a00011010440001021049000600372a000120", composeBeacon(idle)],
  [
    "a beacon after a press of the button",
    "beacon",
    "dd310050f204104a0001101044000102104100010110120002000410530002238c1049000e00372a0001200106ffffffffffff",
    composeBeacon(byButton),
  ],
  [
    "a beacon when a PIN was entered",
    "beacon",
    "dd310050f204104a0001101044000102104100010110120002000010530002210c1049000e00372a0001200106ffffffffffff",
    composeBeacon(byPin),
  ],
  [
    "a probe response",
    "probeResponse",
    "dd830050f204104a0001101044000102103b00010310470010112233445566778899aabbccddeeff001021000d4578616d706c65204d616b65721023000d4578616d706c65204d6f64656c10240002343210420007534e2d303030311054000800060050f204000110110009566563746f7220415010080002210c1049000600372a000120",
    composeProbeResponse(idle),
  ],
  [
    "a probe response when a PIN was entered",
    "probeResponse",
    "dd9c0050f204104a0001101044000102104100010110120002000010530002210c103b00010310470010112233445566778899aabbccddeeff001021000d4578616d706c65204d616b65721023000d4578616d706c65204d6f64656c10240002343210420007534e2d303030311054000800060050f204000110110009566563746f7220415010080002210c1049000e00372a0001200106ffffffffffff",
    composeProbeResponse(byPin),
  ],
  [
    "a probe request of a station whose button is pressed",
    "probeRequest",
    "dd910050f204104a000110103a00010110080002314810470010572cf82fc95756539b16b5cfb298abf11054000800010050f2040001103c0001031002000200001009000200001012000200041021000d53746174696f6e204d616b65721023000d53746174696f6e204d6f64656c10240001371011000e566563746f722053746174696f6e1049000900372a000120030101",
    composeProbeRequest({ device: station, requestType: REQUEST_TYPE.enrollee, devicePasswordId: 4 }),
  ],
  [
    "a probe request of a Registrar",
    "probeRequest",
    "dd8e0050f204104a000110103a00010210080002314810470010572cf82fc95756539b16b5cfb298abf11054000800010050f2040001103c0001031002000200001009000200001012000200001021000d53746174696f6e204d616b65721023000d53746174696f6e204d6f64656c10240001371011000e566563746f722053746174696f6e1049000600372a000120",
    composeProbeRequest({ device: station, requestType: REQUEST_TYPE.registrar, devicePasswordId: 0 }),
  ],
  [
    "an association request",
    "associationRequest",
    "dd180050f204104a000110103a0001011049000600372a000120",
    composeAssociationRequest(REQUEST_TYPE.enrollee),
  ],
  [
    "an association request of a Registrar",
    "associationRequest",
    "dd180050f204104a000110103a0001021049000600372a000120",
    composeAssociationRequest(REQUEST_TYPE.registrar),
  ],
  [
    "an association response",
    "associationResponse",
    "dd180050f204104a000110103b0001031049000600372a000120",
    composeAssociationResponse(),
  ],
];

describe.each(recorded)("%s", (_, kind, hex, composed) => {
  test("is composed byte for byte", () => expect(toHex(composed)).toBe(hex));
  test("survives reading and writing", () => {
    const body = must(readElement(kind, attributesIn(fromHex(hex)) ?? new Uint8Array()));
    expect(toHex(writeElement(kind, body))).toBe(hex);
  });
});

describe("an access point", () => {
  const read = (advertisement: Advertisement) =>
    must(readElement("beacon", attributesIn(composeBeacon(advertisement)) ?? new Uint8Array()));

  test("says that its setup is locked", () => {
    expect(read({ ...idle, setupLocked: true }).apSetupLocked).toBe(1);
    expect(read(idle)).not.toHaveProperty("apSetupLocked");
  });

  test("of two bands says which, and while its button counts who it is", () => {
    expect(read({ ...idle, dualBand: true })).toMatchObject({ rfBands: idle.device.rfBands });
    expect(read({ ...idle, dualBand: true })).not.toHaveProperty("uuidE");
    expect(read({ ...byButton, dualBand: true }).uuidE).toEqual(idle.device.uuid);
    expect(read({ ...byPin, dualBand: true })).not.toHaveProperty("uuidE");
  });

  test("names whom it expects", () => {
    const expected = ["02:00:00:00:01:00", "02:00:00:00:02:00"].flatMap((text) => parseMacAddress(text) ?? []);
    const selectedRegistrar = { devicePasswordId: 0, configMethods: CONFIG_METHOD.label, authorizedMacs: expected };
    expect(authorizedMacsIn(read({ ...idle, selectedRegistrar }).wfaExtension ?? {})).toEqual(expected);
    const nobody = { ...selectedRegistrar, authorizedMacs: [] };
    expect(authorizedMacsIn(read({ ...idle, selectedRegistrar: nobody }).wfaExtension ?? {})).toEqual([]);
  });

  test("keeps the extension of an application, and of other vendors", () => {
    const applicationExtension = new Uint8Array(20).fill(7);
    expect(read({ ...idle, applicationExtension }).applicationExtension).toEqual(applicationExtension);
    const vendorExtension = [Uint8Array.of(1, 2, 3, 4)];
    const written = writeElement("beacon", { version: 0x10, vendorExtension });
    expect(must(readElement("beacon", attributesIn(written) ?? new Uint8Array())).vendorExtension).toEqual(
      vendorExtension,
    );
  });
});

describe("elements of a frame", () => {
  test("that are none of WSC give nothing", () => {
    expect(attributesIn(new Uint8Array())).toBeNull();
    expect(attributesIn(fromHex("0003414243" + "dd050050f20199"))).toBeNull();
  });

  test("are found among others", () => {
    const among = concat(fromHex("0003414243"), toElements(Uint8Array.of(1, 2)), fromHex("dd050050f20199"));
    expect(attributesIn(among)).toEqual(Uint8Array.of(1, 2));
  });

  test("count up to one that runs past the end", () => {
    expect(attributesIn(concat(toElements(Uint8Array.of(1)), fromHex("dd060050f20409")))).toEqual(Uint8Array.of(1));
  });

  test.each([
    [0, 1],
    [251, 1],
    [252, 2],
    [502, 2],
    [503, 3],
  ])("attributes of %i bytes take %i elements, and come out whole", (length, count) => {
    const attributes = Uint8Array.from({ length }, (_, i) => i);
    const elements = toElements(attributes);
    expect(elements.length).toBe(attributes.length + count * 6);
    expect(attributesIn(elements)).toEqual(attributes);
  });

  test("that are split within an attribute read the same", () => {
    const requestedDeviceTypes = Array.from({ length: 10 }, (_, i) => new Uint8Array(8).fill(i));
    const request = { device: station, requestType: 1, devicePasswordId: 0, requestedDeviceTypes };
    const elements = composeProbeRequest(request);
    expect(elements.length).toBeGreaterThan(257);
    expect(must(readElement("probeRequest", attributesIn(elements) ?? new Uint8Array())).requestedDeviceType).toEqual(
      requestedDeviceTypes,
    );
  });

  test("never make anything throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const attributes = attributesIn(bytes) ?? bytes;
        for (const kind of ["beacon", "probeRequest", "probeResponse"] as const) readElement(kind, attributes);
      }),
    );
  });
});
