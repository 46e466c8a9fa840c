/**
 * An access point as Registrars on its network find and use it: a UPnP device with one service, WFAWLANConfig. Here is
 * put together what is served, told and announced; what an access point does with it is behind WlanConfigService.
 */
import type { Clock } from "../clock/clock.ts";
import { Announcer } from "./announcer.ts";
import { createHandler, DESCRIPTION_PATH } from "./device-requests.ts";
import { DeviceServer } from "./device-server.ts";
import { ask } from "./http-client.ts";
import { Publisher } from "./publisher.ts";
import { Selections } from "./selections.ts";
import { SsdpSocket } from "./ssdp-socket.ts";
import type { Notify } from "./subscriber.ts";
import type { AccessPointState, UpnpDeviceOptions } from "./wlan-config-service.ts";
import type { WlanEvent } from "./wlan-event.ts";

interface Parts {
  readonly publisher: Publisher;
  readonly selections: Selections;
  readonly server: DeviceServer;
  readonly socket: SsdpSocket;
  readonly announcer: Announcer;
}

export class UpnpDevice {
  readonly #parts: Parts;
  #closing: Promise<void> | null = null;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Begins to serve and to be found. @throws Error of the network, as where the address is none of ours */
  static async open(options: UpnpDeviceOptions): Promise<UpnpDevice> {
    const { identity, address: network, service, clock, random, onTrouble } = options;
    const selections = new Selections(service, clock);
    const onLeft = (address: string) => selections.leave(address);
    const publisher = new Publisher({ clock, random, notify: notifyBy(clock), onLeft });
    const handle = createHandler({ identity, service, publisher, selections });
    const server = await DeviceServer.open({ address: network, clock, handle, onTrouble });
    try {
      const socket = await SsdpSocket.open({ address: network.address, onTrouble });
      const location = `http://${network.address}:${server.port}${DESCRIPTION_PATH}`;
      const send = socket.send.bind(socket);
      const announcer = new Announcer({ uuid: identity.uuid, location, network, clock, random, send });
      socket.listen((datagram, from) => announcer.hear(datagram, from));
      announcer.open();
      return new UpnpDevice({ publisher, selections, server, socket, announcer });
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Where its description is served. */
  get port(): number {
    return this.#parts.server.port;
  }

  /** How many subscriptions there are. */
  get subscribers(): number {
    return this.#parts.publisher.size;
  }

  /** Tells subscribers what was heard on the air. */
  tell(event: WlanEvent): void {
    this.#parts.publisher.tell(event);
  }

  /** Tells subscribers how the access point is, where that changes. */
  state(state: AccessPointState): void {
    this.#parts.publisher.state(state);
  }

  /** Says goodbye; nobody is expected by anybody any more. A second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { publisher, selections, announcer, server, socket } = this.#parts;
    publisher.close();
    selections.close();
    announcer.close();
    await Promise.all([server.close(), socket.close()]);
  }
}

function notifyBy(clock: Clock): Notify {
  return async (callback, headers, body, signal) => {
    try {
      const answer = await ask(callback, { method: "NOTIFY", headers, body }, { clock, signal });
      return answer.ok && answer.value.status >= 200 && answer.value.status < 300;
    } catch {
      // The subscription has ended meanwhile.
      return false;
    }
  };
}
