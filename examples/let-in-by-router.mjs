// Lets a device in through a router on the network, at the press of the device's button:
// `node examples/let-in-by-router.mjs "NAME OF THE ROUTER" PIN-OF-THE-ROUTER [INTERFACE]` in a checkout.
import { discover, enrol, learn, ownAddresses, parsePin } from "openwps/er";

const [name, digits = "", networkInterface = null] = process.argv.slice(2);
const pin = parsePin(digits);
if (!pin.ok) throw new Error(`${digits} is no PIN`);

for await (const router of discover({ addresses: ownAddresses(networkInterface) })) {
  if (router.description.friendlyName !== name) continue;
  const network = await learn({ router, pin: pin.value });
  if (!network.ok) throw new Error(`${name} does not tell its network: ${network.error.kind}`);
  for await (const event of enrol({ router, method: { type: "pushButton" }, network: network.value })) {
    if (event.type === "waiting") console.log("Press the button of the device.");
    if (event.type === "enrolled") console.log(`${event.enrollee.deviceName} (${event.enrollee.macAddress}) is in.`);
    if (event.type === "failed") console.log(`Nobody was let in: ${event.fault.kind}`);
  }
  break;
}
