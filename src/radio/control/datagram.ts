/** The usual carrier: a unix datagram socket, by the optional native package `unix-dgram` (not in worker threads). */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RadioError } from "../station-radio.ts";
import {
  type Endpoint,
  type EndpointListener,
  explainErrno,
  missing,
  type OpenEndpoint,
  type Server,
} from "./endpoint.ts";

interface DatagramSocket {
  on(event: "message", listener: (bytes: Uint8Array) => void): this;
  on(event: "error", listener: (error: NodeJS.ErrnoException & { readonly syscall?: string }) => void): this;
  on(event: "congestion" | "listening" | "connect", listener: () => void): this;
  bind(path: string): void;
  connect(path: string): void;
  send(bytes: Uint8Array): void;
  close(): void;
}

interface UnixDatagram {
  createSocket(type: "unix_dgram"): DatagramSocket;
}

/** The carrier, or null where the package is not installed. */
export function datagramCarrier(): OpenEndpoint | null {
  try {
    const unix: UnixDatagram = createRequire(import.meta.url)("unix-dgram");
    return (server, listener) => openDatagram(unix, server, listener);
  } catch {
    return null;
  }
}

/** The daemon answers to the address of whoever asks, so the socket is bound to a path that only we can reach. */
function openDatagram(unix: UnixDatagram, server: Server, listener: EndpointListener): Endpoint {
  if (!existsSync(server.path)) throw missing(server);
  const folder = mkdtempSync(join(shortFolder(), "openwps-"));
  const socket = unix.createSocket("unix_dgram");
  let open = true;
  let trouble: RadioError | null = null;
  const close = () => {
    if (!open) return;
    open = false;
    socket.close();
    rmSync(folder, { recursive: true, force: true });
  };
  // The package calls its listeners from within bind, connect and send, so a trouble is known when they return.
  socket.on("error", (error) => {
    trouble = explainErrno(server, error.code);
  });
  socket.on("message", (bytes) => {
    if (open) listener.message(new TextDecoder().decode(bytes));
  });
  const must = (act: () => void) => {
    trouble = null;
    act();
    if (trouble === null) return;
    close();
    throw trouble;
  };
  must(() => socket.bind(join(folder, "ctrl")));
  must(() => socket.connect(server.path));
  return {
    send: (command) => must(() => socket.send(new TextEncoder().encode(command))),
    close,
  };
}

/** A socket's path has at most 107 bytes. */
function shortFolder(): string {
  return Buffer.byteLength(tmpdir()) > 80 ? "/tmp" : tmpdir();
}
