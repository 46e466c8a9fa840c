/** A registrar with its pages behind an access point on simulated air, listening: for the tests beside this file. */
import { PacedClock } from "../../src/clock/paced-clock.ts";
import { systemClock } from "../../src/clock/system-clock.ts";
import { createRegistrarServer } from "../../src/http/registrar-server.ts";
import { AirAccessPoint } from "../../src/radio/air/access-point.ts";
import { Air } from "../../src/radio/air/air.ts";
import { AirStation } from "../../src/radio/air/station.ts";
import type { EnrolMethod } from "../../src/radio/station-radio.ts";
import { registrarDevice } from "../../src/registrar/device.ts";
import type { KeyPolicy } from "../../src/registrar/key-policy.ts";
import { Seal } from "../../src/registrar/seal.ts";
import { RegistrarService } from "../../src/registrar/service.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import type { MacAddress } from "../../src/wsc/address.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";
import { buildPacket } from "../../src/wsc/eap/packet.ts";
import { openRegistrarPeer, stepRegistrarPeer } from "../../src/wsc/eap/registrar-peer.ts";
import { pinPassword } from "../../src/wsc/pin.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { drawRegistrar } from "../../src/wsc/session/registrar.ts";
import { openSettings } from "../http/on-air.ts";
import { home, homeKey, mac, pin } from "../registrar-world.ts";
import { pagesFolder } from "./browser.ts";

export type Network = Awaited<ReturnType<typeof openNetwork>>;

export interface NetworkOptions {
  readonly keys?: KeyPolicy;
  /** How many seconds pass there in one of ours. */
  readonly speed?: number;
  /** WPA2 without it. */
  readonly security?: "WPA2" | "open";
}

/** One access point, Home. Close it. */
export async function openNetwork({ keys = "shared", security = "WPA2", speed = 1 }: NetworkOptions = {}) {
  const [random, store] = [systemRandom, createMemoryStore()];
  const clock = new PacedClock(systemClock);
  clock.speed = speed;
  const seal = new Seal(new Secret(new Uint8Array(32).fill(7)), random);
  const onTrouble = (trouble: unknown) => {
    throw trouble;
  };
  const service = await RegistrarService.open({ store, seal, clock, random, keys, onTrouble });
  const air = new Air({ clock, seed: 1 });
  const own = keys === "per-device";
  const accessPoint = new AirAccessPoint({
    air,
    settings: {
      name: "Home",
      ssid: new TextEncoder().encode("Home"),
      bssid: home,
      uuid: "11".repeat(16),
      security,
      key: own || security === "open" ? null : new Secret(homeKey),
      channel: 1,
      signal: -50,
      subnet: 1,
      dhcp: true,
    },
    desk: service,
    ...(own ? { keysOf: (station: MacAddress) => service.keys(station, home) } : {}),
  });
  await service.serve(accessPoint);
  const settings = await openSettings();
  const create = () =>
    createRegistrarServer({
      service,
      settings,
      clock,
      version: "1.2.3",
      pages: { folder: pagesFolder, first: "registrar" },
    });
  let app = create();
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const stations: AirStation[] = [];
  const leaving = new AbortController();
  const visits: Promise<void>[] = [];
  return {
    url,
    service,
    settings,
    /** The service's door goes, and nobody listens. */
    goAway: () => app.close(),
    /** It is back where it was. */
    comeBack: async () => {
      app = create();
      await app.listen({ host: "127.0.0.1", port: Number(new URL(url).port) });
    },
    /** A device that asks to come in, by its button without a method, until it has. */
    visit: (deviceName: string, method: EnrolMethod = { type: "pushButton" }) => {
      const macAddress = mac(`02:00:00:00:01:0${stations.length + 1}`);
      const station = new AirStation({ air, macAddress, radioName: "air", deviceName, random });
      stations.push(station);
      visits.push(untilEnrolled(station, method, leaving.signal));
    },
    /** Somebody tries a device PIN that is wrong. */
    guess: () => guess(service),
    close: async () => {
      leaving.abort();
      await Promise.all(visits);
      for (const station of stations) await station.remove();
      await app.close();
      await service.close();
      await accessPoint.close();
      air.close();
    },
  };
}

async function untilEnrolled(station: AirStation, method: EnrolMethod, signal: AbortSignal): Promise<void> {
  while (!signal.aborted)
    for await (const event of station.enrol(method, { signal })) if (event.type === "enrolled") return;
}

async function guess(service: RegistrarService): Promise<void> {
  const laptop = mac("02:00:00:00:02:01");
  const conversation = service.open(laptop, home);
  const password = pinPassword(pin("12345670"));
  const device = registrarDevice("Laptop", laptop);
  let peer = openRegistrarPeer({ device, password, task: { type: "learn" } }, drawRegistrar(systemRandom));
  let request = buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });
  for (;;) {
    const { state, reply } = stepRegistrarPeer(peer, request);
    if (reply === null) return;
    peer = state;
    request = await conversation.respond(reply);
  }
}
