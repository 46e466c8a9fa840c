/**
 * What a hotspot's DHCP server answers (RFC 2131, section 4.3). Pure: leases and a request in, leases and a reply out.
 * Whether the client is one of the hotspot's is the caller's question.
 */
import type { Instant } from "../../clock/clock.ts";
import type { Ipv4 } from "../interface/ipv4.ts";
import type { DhcpReply, DhcpRequest, DhcpServerIdentity } from "./dhcp-packet.ts";
import { addressFor, giveBack, type Leases, lend, mayHave, type Pool } from "./leases.ts";

export interface Desk extends DhcpServerIdentity {
  readonly pool: Pool;
}

/**
 * How long an address is lent. Guests of a set-up network stay for minutes, and phones come back under another MAC
 * address each time.
 */
export const leaseSeconds = 600;
/** How long an offered address waits for the client's answer. */
const offerMs = 30_000;
/** How long an address is left alone at which a client found somebody else. */
const asideMs = leaseSeconds * 1000;

export interface Answer {
  readonly leases: Leases;
  /** null: nothing is said. */
  readonly reply: DhcpReply | null;
}

export function answer(desk: Desk, leases: Leases, request: DhcpRequest, now: Instant): Answer {
  const { client } = request;
  const silence: Answer = { leases, reply: null };
  switch (request.type) {
    case "discover": {
      const address = addressFor(desk.pool, leases, client, request.requested, now);
      if (address === null) return silence;
      const held = leases.find((lease) => lease.client === client)?.until ?? 0;
      return {
        leases: lend(leases, { address, client, until: Math.max(held, now + offerMs) }),
        reply: { type: "offer", address, leaseSeconds },
      };
    }
    case "request": {
      if (request.server !== null && request.server !== desk.address)
        return { leases: giveBack(leases, client), reply: null };
      // A client that renews has the address already, and does not ask for it in an option.
      const address = request.requested ?? request.clientAddress;
      if (address === 0) return silence;
      if (!mayHave(desk.pool, leases, client, address, now))
        return { leases, reply: { type: "nak", address: 0, leaseSeconds: null } };
      return {
        leases: lend(leases, { address, client, until: now + leaseSeconds * 1000 }),
        reply: { type: "ack", address, leaseSeconds },
      };
    }
    case "decline": {
      const address = leases.find((lease) => lease.client === client)?.address;
      if (address === undefined || address !== request.requested) return silence;
      const aside = { address, client: null, until: now + asideMs };
      return { leases: lend(giveBack(leases, client), aside), reply: null };
    }
    case "release":
      return { leases: giveBack(leases, client), reply: null };
    case "inform":
      return { leases, reply: { type: "ack", address: 0, leaseSeconds: null } };
  }
}

/**
 * Where a reply goes: to the client's own address when it has one here, else to all, since it cannot be reached
 * otherwise before it has taken its address (RFC 2131, section 4.1).
 */
export function destination(desk: Desk, request: DhcpRequest, reply: DhcpReply): Ipv4 | "broadcast" {
  const { clientAddress } = request;
  const isHere = (clientAddress & desk.mask) >>> 0 === (desk.address & desk.mask) >>> 0;
  return reply.type !== "nak" && isHere && clientAddress !== desk.address ? clientAddress : "broadcast";
}
