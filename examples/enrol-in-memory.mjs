// A station and a network enrol in memory, without a radio: `node examples/enrol-in-memory.mjs` in a checkout.
import * as wsc from "openwps/wsc";

const describe = (deviceName, macAddress) => ({
  ...{ deviceName, macAddress, uuid: wsc.uuidFromMac(macAddress) },
  ...{ manufacturer: "Example", modelName: "Example", modelNumber: "1", serialNumber: "1", osVersion: 0 },
  ...{ primaryDeviceType: Uint8Array.of(0, 1, 0x00, 0x50, 0xf2, 0x04, 0, 1), rfBands: wsc.RF_BAND.ghz24 },
  ...{ configMethods: wsc.CONFIG_METHOD.virtualDisplay, authenticationTypes: 0x23, encryptionTypes: 0x0d },
});
const lamp = describe("Lamp", wsc.parseMacAddress("02:00:00:00:01:00"));
const router = describe("Router", wsc.parseMacAddress("02:00:00:00:00:00"));
const password = wsc.pinPassword(wsc.generatePin(wsc.systemRandom)); // shown by the lamp, typed at the router
const home = { ssid: new TextEncoder().encode("Home"), networkKey: new wsc.Secret("correct horse battery") };
const modes = { authenticationType: wsc.AUTHENTICATION_TYPE.wpa2Psk, encryptionType: wsc.ENCRYPTION_TYPE.aes };
const admit = { type: "admit", password, credentials: [{ ...home, ...modes, macAddress: lamp.macAddress }] };

let registrar = wsc.openRegistrar({ device: router }, wsc.drawRegistrar(wsc.systemRandom));
let enrollee = wsc.openEnrollee({ device: lamp, password }, wsc.drawEnrollee(wsc.systemRandom));
while (enrollee.send !== null) {
  let answer = wsc.stepRegistrar(registrar, { type: "message", message: enrollee.send });
  if (answer.state.name === "deciding") answer = wsc.stepRegistrar(answer.state, admit); // whom to admit: your policy
  console.log(`Lamp: ${enrollee.send.type}${answer.send === null ? "" : ` Router: ${answer.send.type}`}`);
  registrar = answer.state;
  if (answer.send === null) break;
  enrollee = wsc.stepEnrollee(enrollee.state, answer.send);
}
console.log(`The lamp is ${enrollee.state.name}: ${enrollee.state.credentials?.[0]?.networkKey.revealText()}`);
