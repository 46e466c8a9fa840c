/**
 * Our RADIUS server in a process of its own, so that its CPU time can be told from its clients': everybody enrols who
 * knows the PIN, and as many devices have a key as the command line says. Prints its port.
 */
import { systemClock } from "../src/clock/system-clock.ts";
import { parseNetwork } from "../src/radius/secrets.ts";
import { RadiusServer } from "../src/radius/server.ts";
import { Run } from "../src/registrar/run.ts";
import type { MacAddress } from "../src/wsc/address.ts";
import { systemRandom } from "../src/wsc/crypto.ts";
import type { EnrolmentDesk } from "../src/wsc/eap/conversation.ts";
import { parsePin, pinPassword } from "../src/wsc/pin.ts";
import { Secret } from "../src/wsc/secret.ts";
import { drawRegistrar } from "../src/wsc/session/registrar.ts";
import { credentials, devices } from "../test/engine-pair.ts";
import { must } from "../test/vectors.ts";
import { benchPin, benchSecret, stationOf } from "./radius-load.ts";

const password = pinPassword(must(parsePin(benchPin)));
const grant = { credentials, handOut: async () => {}, settle: async () => {} };

const desk: EnrolmentDesk = {
  open: (peer) =>
    new Run({
      peer,
      config: { device: devices.registrar },
      draws: drawRegistrar(systemRandom),
      decide: async () => ({ type: "admit", password, grant }),
      tell: () => {},
      ended: () => {},
      onTrouble: (trouble) => console.error(trouble),
    }),
};

const keys = new Map<MacAddress, Secret>();
for (let number = 0; number < Number(process.argv[2] ?? 0); number++)
  keys.set(stationOf(number), new Secret(number.toString(16).padStart(64, "0")));

const network = parseNetwork("127.0.0.1");
if (network === null) throw new Error("no network");
const server = await RadiusServer.open({
  listen: [{ host: "127.0.0.1", port: 0 }],
  secrets: [{ network, secret: new Secret(benchSecret) }],
  desk,
  keys: {
    answer: async (station) => {
      const key = keys.get(station);
      return key === undefined ? { type: "reject" } : { type: "keys", keys: [key] };
    },
  },
  clock: systemClock,
});
console.log(`listening on ${server.endpoints[0]?.port}`);
