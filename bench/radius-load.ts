/** What a RADIUS server is asked to do, many times at once: enrolments by our own Enrollee, and keys of stations. */
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import type { RadiusClient } from "../src/radius/client.ts";
import { RADIUS_ATTRIBUTE, RADIUS_CODE } from "../src/radius/packet.ts";
import { signRequest } from "../src/radius/signature.ts";
import { type MacAddress, macAddressFrom } from "../src/wsc/address.ts";
import { parsePin, pinPassword } from "../src/wsc/pin.ts";
import { Secret } from "../src/wsc/secret.ts";
import { mac, names, RadiusStation, text } from "../test/interop/radius-station.ts";
import { must } from "../test/vectors.ts";
import { cpuMicros } from "./measure.ts";

export const benchSecret = "bench secret";
export const benchPin = "12345670";

const password = pinPassword(must(parsePin(benchPin)));
const accessPoint = mac("02:00:00:00:00:01");

export const stationOf = (number: number): MacAddress =>
  macAddressFrom(Uint8Array.of(2, 0, 3, (number >> 16) & 0xff, (number >> 8) & 0xff, number & 0xff));

/** What each of many took, in all processes together as the clock says, and of CPU in the server's. */
export interface Load {
  readonly wallMicros: number;
  readonly serverMicros: number;
}

/** How many stations enrol at a time, and how many questions are on their way. */
const STATIONS_AT_A_TIME = 16;
const QUESTIONS_AT_A_TIME = 64;

/**
 * Enrols so many devices. Their public keys are made before, because no server waits for those.
 * @param server the process whose CPU time counts
 * @param first the number of the first device
 */
export async function enrolments(client: RadiusClient, server: number, first: number, count: number): Promise<Load> {
  const stations = Array.from(
    { length: count },
    (_, i) => new RadiusStation(client, { macAddress: stationOf(first + i), instance: accessPoint, password }),
  );
  let next = 0;
  return measured(server, count, async () => {
    const enrol = async () => {
      for (let station = stations[next++]; station !== undefined; station = stations[next++])
        if ((await station.run()).key === null)
          throw new Error(`a device did not enrol: ${station.peer.outcome?.type}`);
    };
    await Promise.all(Array.from({ length: STATIONS_AT_A_TIME }, enrol));
  });
}

/**
 * Asks for the keys of so many devices of `known`, spread over them. The requests are made before, and of the answers
 * only the code is read, so that it is the server that sets the pace.
 */
export async function keyQuestions(port: number, server: number, known: number, count: number): Promise<Load> {
  const secret = new Secret(benchSecret);
  const requests = Array.from({ length: count }, (_, number) => {
    // A step that shares no factor with any number of devices, so that all have their turn.
    const station = stationOf((number * 7919) % known);
    const userName = { type: RADIUS_ATTRIBUTE.userName, value: text(station.replaceAll(":", "")) };
    const attributes = [userName, ...names(station, accessPoint)];
    return signRequest(
      { code: RADIUS_CODE.accessRequest, identifier: number % 256, attributes },
      randomBytes(16),
      secret,
    );
  });
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.connect(port, "127.0.0.1", resolve));
  try {
    return await measured(server, count, () => {
      let [sent, answered] = [0, 0];
      return new Promise<void>((resolve, reject) => {
        const send = () => socket.send(requests[sent++] ?? new Uint8Array());
        socket.on("message", ([code]) => {
          if (code !== RADIUS_CODE.accessAccept) reject(new Error(`a device was not accepted: code ${code}`));
          if (++answered === count) resolve();
          else if (sent < count) send();
        });
        for (let i = 0; i < QUESTIONS_AT_A_TIME; i++) send();
        setTimeout(() => reject(new Error(`${count - answered} questions have no answer`)), 30_000).unref();
      });
    });
  } finally {
    socket.close();
  }
}

async function measured(server: number, count: number, work: () => Promise<void>): Promise<Load> {
  // The client never sleeps, or whoever answers slower would also have to wake it up each time.
  let over = false;
  const stayAwake = () => void (over || setImmediate(stayAwake));
  stayAwake();
  const [cpu, started] = [cpuMicros(server), performance.now()];
  await work();
  over = true;
  const wallMicros = ((performance.now() - started) * 1_000) / count;
  return { wallMicros, serverMicros: (cpuMicros(server) - cpu) / count };
}
