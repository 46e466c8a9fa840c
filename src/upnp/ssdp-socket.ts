/**
 * The datagrams of SSDP on one interface: those that are sent to all are heard, beside other programs that listen there
 * too; ours leave from that interface's own address. What is in them is not looked at.
 */
import { createSocket, type Socket } from "node:dgram";
import type { Endpoint } from "./announcer.ts";
import { SSDP_ADDRESS, SSDP_PORT } from "./ssdp.ts";

/** UPnP Device Architecture 1.0, 1: no farther than the site. */
const HOPS = 4;

export interface SsdpSocketOptions {
  /** Our own numeric address on the network. */
  readonly address: string;
  readonly onTrouble: (error: unknown) => void;
}

export class SsdpSocket {
  readonly #ears: Socket;
  readonly #mouth: Socket;
  readonly #onTrouble: (error: unknown) => void;
  /** Resolved once the last datagram has left. */
  #said: Promise<void> = Promise.resolve();
  /** What does not leave is told of once, until something leaves again: a network may be away for long. */
  #isFailing = false;

  private constructor(ears: Socket, mouth: Socket, onTrouble: (error: unknown) => void) {
    this.#ears = ears;
    this.#mouth = mouth;
    this.#onTrouble = onTrouble;
  }

  /** @throws Error where the address is none of ours, or another program has the port for itself */
  static async open({ address, onTrouble }: SsdpSocketOptions): Promise<SsdpSocket> {
    const ears = createSocket({ type: "udp4", reuseAddr: true });
    const mouth = createSocket({ type: "udp4" });
    const socket = new SsdpSocket(ears, mouth, onTrouble);
    try {
      // Bound to the group, it hears nothing that was sent to us alone.
      await bind(ears, SSDP_PORT, SSDP_ADDRESS);
      ears.addMembership(SSDP_ADDRESS, address);
      await bind(mouth, 0, address);
      mouth.setMulticastInterface(address);
      mouth.setMulticastTTL(HOPS);
    } catch (error) {
      ears.close();
      mouth.close();
      throw error;
    }
    ears.on("error", onTrouble);
    mouth.on("error", onTrouble);
    return socket;
  }

  /** From now on tells what is sent to all. */
  listen(hear: (datagram: Uint8Array, from: Endpoint) => void): void {
    this.#ears.on("message", (datagram, { address, port }) => hear(datagram, { address, port }));
  }

  send(datagram: Uint8Array, { address, port }: Endpoint): void {
    this.#said = new Promise((resolve) => {
      this.#mouth.send(datagram, port, address, (error) => {
        if (error !== null && !this.#isFailing) this.#onTrouble(error);
        this.#isFailing = error !== null;
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    await this.#said;
    await Promise.all(
      [this.#ears, this.#mouth].map((socket) => new Promise<void>((done) => socket.close(() => done()))),
    );
  }
}

/** Resolves once it is bound. @throws Error where the address is none of ours, or the port taken */
export function bind(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, address, () => {
      socket.off("error", reject);
      resolve();
    });
  });
}
