/**
 * What WSC says outside of a run: the vendor specific elements of beacons, probes and associations. Composed from what a
 * device is, cut into elements, joined again and read. Which window is open is for `policy/` to say; frames are for others.
 */
import { type MacAddress, macAddressBytes, macAddressFrom } from "./address.ts";
import { CONFIG_ERROR, CONFIG_METHOD, VERSION, VERSION2 } from "./attributes.ts";
import { concat } from "./bytes.ts";
import { type Attributes, type Body, type Fault, parse, pick, type Slot, write } from "./codec.ts";
import type { DeviceInfo } from "./device.ts";
import type { Result } from "./result.ts";
import type { WfaExtension } from "./vendor-extension.ts";

/** Vendor specific, the OUI of Microsoft, type 4. */
const ELEMENT_ID = 0xdd;
const OUI_AND_TYPE = Uint8Array.of(0x00, 0x50, 0xf2, 0x04);

/** Most bytes of attributes in one element: its length field has 8 bits and counts OUI and type too. */
const LARGEST_PIECE = 255 - OUI_AND_TYPE.length;

/** Cuts attributes into as many elements as they need, wherever a piece is full. */
export function toElements(attributes: Uint8Array): Uint8Array {
  const elements: Uint8Array[] = [];
  for (let offset = 0; offset === 0 || offset < attributes.length; offset += LARGEST_PIECE) {
    const piece = attributes.subarray(offset, offset + LARGEST_PIECE);
    elements.push(Uint8Array.of(ELEMENT_ID, OUI_AND_TYPE.length + piece.length), OUI_AND_TYPE, piece);
  }
  return concat(...elements);
}

/**
 * The attributes of all WSC elements among the elements of a frame, end to end; null when there is none. What follows an
 * element that runs past the end is left out.
 */
export function attributesIn(elements: Uint8Array): Uint8Array | null {
  const pieces: Uint8Array[] = [];
  for (let rest = elements; rest.length >= 2; ) {
    const [id = 0, length = 0] = rest;
    if (length > rest.length - 2) break;
    const value = rest.subarray(2, 2 + length);
    if (id === ELEMENT_ID && OUI_AND_TYPE.every((byte, i) => value[i] === byte))
      pieces.push(value.subarray(OUI_AND_TYPE.length));
    rest = rest.subarray(2 + length);
  }
  return pieces.length === 0 ? null : concat(...pieces);
}

const SELECTED = [
  "wscState?",
  "apSetupLocked?",
  "selectedRegistrar?",
  "devicePasswordId?",
  "selectedRegistrarConfigMethods?",
] as const satisfies readonly Slot[];

const TAIL = ["wfaExtension?", "vendorExtension*"] as const satisfies readonly Slot[];

/**
 * What each frame carries, in the order of emission. Everything is optional to a receiver: no element is worth less for
 * what it leaves out, and access points leave out a lot.
 */
export const ELEMENTS = {
  beacon: [
    "version?",
    ...SELECTED,
    "uuidE?",
    "rfBands?",
    ...TAIL,
    "applicationExtension?",
    // Not asked for, but Wi-Fi Direct devices add them.
    "deviceName?",
    "primaryDeviceType?",
  ],
  probeResponse: [
    "version?",
    ...SELECTED,
    "responseType?",
    "uuidE?",
    "manufacturer?",
    "modelName?",
    "modelNumber?",
    "serialNumber?",
    "primaryDeviceType?",
    "deviceName?",
    "configMethods?",
    "rfBands?",
    ...TAIL,
    "applicationExtension?",
  ],
  probeRequest: [
    "version?",
    "requestType?",
    "configMethods?",
    "uuidE?",
    "primaryDeviceType?",
    "rfBands?",
    "associationState?",
    "configError?",
    "devicePasswordId?",
    "manufacturer?",
    "modelName?",
    "modelNumber?",
    "deviceName?",
    ...TAIL,
    "requestedDeviceType*",
    "secondaryDeviceTypeList?",
  ],
  associationRequest: ["version?", "requestType?", ...TAIL],
  associationResponse: ["version?", "responseType?", ...TAIL],
} as const satisfies Record<string, readonly Slot[]>;

/** The frames that carry a WSC element. */
export type ElementKind = keyof typeof ELEMENTS;
/** What the element of a frame holds, by the slots of {@link ELEMENTS}. */
export type ElementBody<K extends ElementKind> = Body<(typeof ELEMENTS)[K][number]>;

/** Reads the attributes of an element, joined as {@link attributesIn} does it. */
export function readElement<K extends ElementKind>(kind: K, attributes: Uint8Array): Result<ElementBody<K>, Fault> {
  const parsed: Result<Attributes, Fault> = parse(attributes);
  const slots: readonly (typeof ELEMENTS)[K][number][] = ELEMENTS[kind];
  return parsed.ok ? pick(slots, parsed.value) : parsed;
}

/** Writes attributes in the order of their element, and cuts them into elements. */
export function writeElement<K extends ElementKind>(kind: K, body: ElementBody<K>): Uint8Array {
  const slots: readonly (typeof ELEMENTS)[K][number][] = ELEMENTS[kind];
  return toElements(write(slots, body));
}

/** Values of Request Type: what a station wants to be. */
export const REQUEST_TYPE = { enrolleeInfo: 0, enrollee: 1, registrar: 2, wlanManagerRegistrar: 3 } as const;

/** Values of Response Type: what answers. */
export const RESPONSE_TYPE = { enrolleeInfo: 0, enrollee: 1, registrar: 2, accessPoint: 3 } as const;

/** A Registrar that is ready to enrol somebody, as an access point announces it. */
export interface SelectedRegistrar {
  /** Which password it takes; see `DEVICE_PASSWORD_ID`. */
  readonly devicePasswordId: number;
  /** Bitmap of `CONFIG_METHOD`. */
  readonly configMethods: number;
  /** Whom it expects, newest first, at most 5; {@link ANYBODY} for anybody. */
  readonly authorizedMacs: readonly MacAddress[];
}

/** In AuthorizedMACs: whoever knows the password. */
export const ANYBODY: MacAddress = macAddressFrom(new Uint8Array(6).fill(0xff));

/** What an access point says of itself in beacons and probe responses. */
export interface Advertisement {
  readonly device: DeviceInfo;
  /** One value of `WSC_STATE`. */
  readonly wscState: number;
  /** It takes no external Registrar at present. */
  readonly setupLocked: boolean;
  readonly selectedRegistrar: SelectedRegistrar | null;
  /** It serves several bands at once; so that stations see one device there, not two. */
  readonly dualBand: boolean;
  /** UUID (16) and data. */
  readonly applicationExtension?: Uint8Array;
}

/**
 * Elements of a beacon, ready to be put behind others.
 * @throws RangeError for a device that does not fit its attributes: the caller's bug
 */
export function composeBeacon(advertisement: Advertisement): Uint8Array {
  const { device, dualBand, selectedRegistrar } = advertisement;
  const pushButton = selectedRegistrar !== null && (selectedRegistrar.configMethods & CONFIG_METHOD.pushButton) !== 0;
  return writeElement("beacon", {
    ...announced(advertisement),
    // Tells a station that finds two buttons pressed whether they are of one device.
    ...(dualBand && pushButton ? { uuidE: device.uuid } : {}),
    ...(dualBand ? { rfBands: device.rfBands } : {}),
  });
}

/**
 * Elements of a probe response; unlike a beacon it tells who the access point is.
 * @throws RangeError for a device that does not fit its attributes: the caller's bug
 */
export function composeProbeResponse(advertisement: Advertisement): Uint8Array {
  const { device, dualBand } = advertisement;
  return writeElement("probeResponse", {
    ...announced(advertisement),
    responseType: RESPONSE_TYPE.accessPoint,
    uuidE: device.uuid,
    manufacturer: device.manufacturer,
    modelName: device.modelName,
    modelNumber: device.modelNumber,
    serialNumber: device.serialNumber,
    primaryDeviceType: device.primaryDeviceType,
    deviceName: device.deviceName,
    configMethods: withoutButtons(device.configMethods),
    ...(dualBand ? { rfBands: device.rfBands } : {}),
  });
}

function announced({ wscState, setupLocked, selectedRegistrar, applicationExtension }: Advertisement) {
  return {
    version: VERSION,
    wscState,
    ...(setupLocked ? { apSetupLocked: 1 } : {}),
    ...(selectedRegistrar === null
      ? {}
      : {
          selectedRegistrar: 1,
          devicePasswordId: selectedRegistrar.devicePasswordId,
          selectedRegistrarConfigMethods: selectedRegistrar.configMethods,
        }),
    wfaExtension: { version2: VERSION2, ...authorized(selectedRegistrar) },
    vendorExtension: [],
    ...(applicationExtension === undefined ? {} : { applicationExtension }),
  } as const;
}

function authorized(selected: SelectedRegistrar | null): Pick<WfaExtension, "authorizedMacs"> {
  if (selected === null || selected.authorizedMacs.length === 0) return {};
  return { authorizedMacs: concat(...selected.authorizedMacs.map(macAddressBytes)) };
}

/** Addresses of an AuthorizedMACs subelement. */
export function authorizedMacsIn({ authorizedMacs = new Uint8Array() }: WfaExtension): readonly MacAddress[] {
  return Array.from({ length: authorizedMacs.length / 6 }, (_, i) =>
    macAddressFrom(authorizedMacs.subarray(6 * i, 6 * i + 6)),
  );
}

/** An access point's button lets stations in; it is no way for a Registrar to get at the access point. */
export function withoutButtons(configMethods: number): number {
  return configMethods & ~(CONFIG_METHOD.virtualPushButton | CONFIG_METHOD.physicalPushButton);
}

/** What a station says of itself when it looks around. */
export interface ProbeRequest {
  readonly device: DeviceInfo;
  /** One value of {@link REQUEST_TYPE}. */
  readonly requestType: number;
  /** 4 while the station's button is pressed, 0 for a PIN. */
  readonly devicePasswordId: number;
  /** Only devices of these types (8 bytes each, at most 10) are asked to answer. */
  readonly requestedDeviceTypes?: readonly Uint8Array[];
}

/**
 * Elements of a probe request.
 * @throws RangeError for a device that does not fit its attributes: the caller's bug
 */
export function composeProbeRequest(request: ProbeRequest): Uint8Array {
  const { device, requestType, devicePasswordId } = request;
  const enrols = requestType === REQUEST_TYPE.enrollee;
  return writeElement("probeRequest", {
    version: VERSION,
    requestType,
    configMethods: device.configMethods,
    uuidE: device.uuid,
    primaryDeviceType: device.primaryDeviceType,
    rfBands: device.rfBands,
    associationState: 0,
    configError: CONFIG_ERROR.none,
    devicePasswordId,
    manufacturer: device.manufacturer,
    modelName: device.modelName,
    modelNumber: device.modelNumber,
    deviceName: device.deviceName,
    wfaExtension: { version2: VERSION2, ...(enrols ? { requestToEnroll: 1 } : {}) },
    vendorExtension: [],
    requestedDeviceType: request.requestedDeviceTypes ?? [],
  });
}

/** @param requestType 1 to enrol, 2 to be a Registrar */
export function composeAssociationRequest(requestType: number): Uint8Array {
  return writeElement("associationRequest", {
    version: VERSION,
    requestType,
    wfaExtension: { version2: VERSION2 },
    vendorExtension: [],
  });
}

/** Elements of an association response: no more than that this is an access point with WPS. */
export function composeAssociationResponse(): Uint8Array {
  return writeElement("associationResponse", {
    version: VERSION,
    responseType: RESPONSE_TYPE.accessPoint,
    wfaExtension: { version2: VERSION2 },
    vendorExtension: [],
  });
}
