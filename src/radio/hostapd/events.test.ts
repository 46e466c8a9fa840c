/** The lines that hostapd 2.10 sends, as seen on the air, and everything else. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseEvent } from "./events.ts";

const uuid = "8e5b8ca3-b0db-5e89-8f3e-41d4ed269e33";
const uuidDigits = uuid.replaceAll("-", "");
const macAddress = "02:00:00:00:01:00";

test.each([
  ["<3>AP-ENABLED ", { type: "enabled" }],
  ["<3>AP-DISABLED ", { type: "disabled" }],
  ["<3>CTRL-EVENT-TERMINATING ", { type: "terminating" }],
  ["<3>WPS-PBC-ACTIVE ", { type: "buttonActive" }],
  ["<3>WPS-PBC-DISABLE ", { type: "buttonDone" }],
  ["<3>WPS-TIMEOUT ", { type: "buttonTimeout" }],
  ["<3>WPS-CANCEL ", { type: "cancelled" }],
  ["<3>WPS-OVERLAP-DETECTED ", { type: "overlap" }],
  [`<3>WPS-REG-SUCCESS ${macAddress} ${uuid}`, { type: "enrolled", macAddress, uuid: uuidDigits }],
  ["<3>WPS-FAIL msg=8 config_error=18", { type: "failed", message: 8, configError: 18 }],
  ["<3>WPS-FAIL msg=8 config_error=0 reason=1 (TKIP Only Prohibited)", { type: "failed", message: 8, configError: 0 }],
  ["<3>WPS-AP-SETUP-LOCKED ", { type: "setupLocked", locked: true }],
  ["<3>WPS-AP-SETUP-UNLOCKED ", { type: "setupLocked", locked: false }],
  ["<3>WPS-AP-PIN-DISABLED ", { type: "pinExpired" }],
  ["<3>WPS-NEW-AP-SETTINGS 100e0043", { type: "newSettings" }],
  [`<3>AP-STA-CONNECTED ${macAddress}`, { type: "stationConnected", macAddress, keyId: null }],
  [
    `<3>AP-STA-CONNECTED ${macAddress} p2p_dev_addr=${macAddress} keyid=key-1`,
    { type: "stationConnected", macAddress, keyId: "key-1" },
  ],
  [`<3>AP-STA-DISCONNECTED ${macAddress}`, { type: "stationLeft", macAddress }],
  [`<3>CTRL-EVENT-EAP-STARTED ${macAddress}`, { type: "runBegan", macAddress }],
  [`<3>CTRL-EVENT-EAP-FAILURE ${macAddress}`, { type: "runOver", macAddress }],
  [`<3>CTRL-EVENT-EAP-FAILURE2 ${macAddress}`, { type: "runOver", macAddress }],
  [`<3>CTRL-EVENT-EAP-TIMEOUT-FAILURE ${macAddress}`, { type: "runOver", macAddress }],
  [
    "<3>CTRL-EVENT-EAP-PROPOSED-METHOD vendor=14122 method=1",
    { type: "other", name: "CTRL-EVENT-EAP-PROPOSED-METHOD" },
  ],
])("%s", (datagram, event) => {
  expect(parseEvent(datagram)).toEqual(event);
});

test("a device that asks on the air is read, whatever it calls itself", () => {
  const line = (name: string) => `<3>WPS-ENROLLEE-SEEN ${macAddress} ${uuid} 1-0050F204-1 0x2388 4 1 [${name}]`;
  const seen = { type: "enrolleeSeen", macAddress, uuid: uuidDigits, devicePasswordId: 4 };
  for (const name of ["Lamp", "a ] b [", "0 1 [x]", "x\n<3>WPS-PBC-ACTIVE "])
    expect(parseEvent(line(name))).toEqual({ ...seen, deviceName: name });
  expect(parseEvent(line(""))).toEqual({ ...seen, deviceName: null });
});

test("a device without a known PIN is read, whatever it says of itself", () => {
  const line = (texts: string) => `<3>WPS-PIN-NEEDED ${uuid} ${macAddress} [${texts}]`;
  const device = { deviceName: "Lamp", manufacturer: "Maker", modelName: "L", modelNumber: "1", serialNumber: "2" };
  const told = { type: "pinNeeded", macAddress, uuid: uuidDigits };
  const primaryDeviceType = "1-0050F204-1";
  expect(parseEvent(line("Lamp|Maker|L|1|2|1-0050F204-1"))).toEqual({
    ...told,
    device: { ...device, primaryDeviceType },
  });
  expect(parseEvent(line("Lamp|Maker|L|1|2|3]|1-0050F204-1"))).toEqual({
    ...told,
    device: { ...device, serialNumber: "2|3]", primaryDeviceType },
  });
});

test("a line that is not as it should be is another event, and a reply none", () => {
  for (const line of [
    "WPS-ENROLLEE-SEEN x",
    `WPS-ENROLLEE-SEEN ${macAddress} nil`,
    "WPS-REG-SUCCESS",
    "WPS-FAIL",
    "WPS-PIN-NEEDED [|]",
    "AP-STA-CONNECTED nobody",
    "AP-STA-DISCONNECTED",
    "CTRL-EVENT-EAP-STARTED",
  ])
    expect(parseEvent(`<3>${line}`)).toEqual({ type: "other", name: line.split(" ")[0] });
  for (const reply of ["OK\n", "PONG\n", "FAIL\n", "", "bssid=02:00:00:00:00:01\n"])
    expect(parseEvent(reply)).toBeNull();
});

test("any text is read without a throw", () => {
  const words = fc.constantFrom(
    ...["<3>", "WPS-ENROLLEE-SEEN ", "WPS-PIN-NEEDED ", "WPS-FAIL ", "AP-STA-CONNECTED ", "WPS-REG-SUCCESS "],
    ...[macAddress, uuid, " ", "[", "]", "|", "\n", "4 1 "],
  );
  fc.assert(fc.property(fc.array(fc.oneof(words, fc.string())), (parts) => void parseEvent(`<3>${parts.join("")}`)));
});
