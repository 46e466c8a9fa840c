import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type MacAddress, macAddressFrom } from "../../wsc/address.ts";
import { answer, type Desk, destination, leaseSeconds } from "./answers.ts";
import type { DhcpReply, DhcpRequest } from "./dhcp-packet.ts";
import type { Leases } from "./leases.ts";

const base = 0xc0a80400;
const desk: Desk = { address: base + 1, mask: 0xffffff00, pool: { first: base + 10, count: 4 } };
const mac = (number: number): MacAddress => macAddressFrom(Uint8Array.of(2, 0, 0, 0, 0, number));
const from = (client: MacAddress, fields: Partial<DhcpRequest> = {}): DhcpRequest => ({
  type: "discover",
  transaction: 1,
  flags: 0,
  client,
  clientAddress: 0,
  requested: null,
  server: null,
  clientId: null,
  ...fields,
});

/** A server that remembers, for stories. */
class Counter {
  leases: Leases = [];
  now = 1_000_000;

  hear(request: DhcpRequest): DhcpReply | null {
    const { leases, reply } = answer(desk, this.leases, request, this.now);
    this.leases = leases;
    return reply;
  }

  /** As a client does that knows nothing yet; gives its address. */
  join(client: MacAddress): number | null {
    const offer = this.hear(from(client));
    if (offer === null) return null;
    const chosen = from(client, { type: "request", requested: offer.address, server: desk.address });
    const ack = this.hear(chosen);
    expect(ack).toEqual({ type: "ack", address: offer.address, leaseSeconds });
    return offer.address;
  }
}

describe("the DHCP server of a hotspot", () => {
  test("gives each client an address of its own, and each the same one again", () => {
    const counter = new Counter();
    const addresses = [1, 2, 3, 4].map((client) => counter.join(mac(client)));
    expect(new Set(addresses).size).toBe(4);
    expect([1, 2, 3, 4].map((client) => counter.join(mac(client)))).toEqual(addresses);
  });

  test("has nothing for one client more than it has addresses, until a lease has run out", () => {
    const counter = new Counter();
    const first = counter.join(mac(1));
    counter.now += 1000;
    for (const client of [2, 3, 4]) counter.join(mac(client));
    expect(counter.join(mac(5))).toBeNull();
    counter.now += leaseSeconds * 1000 - 1000;
    expect(counter.join(mac(5))).toBe(first);
    expect(counter.join(mac(6))).toBeNull();
  });

  test("keeps an offered address for its client only for a while", () => {
    const counter = new Counter();
    for (const client of [1, 2, 3, 4]) counter.hear(from(mac(client)));
    expect(counter.hear(from(mac(5)))).toBeNull();
    counter.now += 30_000;
    expect(counter.hear(from(mac(5)))?.type).toBe("offer");
  });

  test("renews what it has lent, and what a server before it has lent", () => {
    const counter = new Counter();
    const renew = from(mac(1), { type: "request", clientAddress: base + 12 });
    expect(counter.hear(renew)).toEqual({ type: "ack", address: base + 12, leaseSeconds });
    counter.now += leaseSeconds * 500;
    expect(counter.hear(renew)?.type).toBe("ack");
    const again = from(mac(2), { type: "request", requested: base + 13 });
    expect(counter.hear(again)).toEqual({ type: "ack", address: base + 13, leaseSeconds });
  });

  test("refuses an address of another network, its own, and another client's", () => {
    const counter = new Counter();
    const address = counter.join(mac(1)) ?? 0;
    for (const requested of [0x0a000005, desk.address, base + 9, base + 14, address])
      expect(counter.hear(from(mac(2), { type: "request", requested }))).toMatchObject({ type: "nak", address: 0 });
  });

  test("is silent, and forgets its offer, when a client chooses another server", () => {
    const counter = new Counter();
    counter.hear(from(mac(1)));
    const other = from(mac(1), { type: "request", requested: 0x0a000005, server: 0x0a000001 });
    expect(counter.hear(other)).toBeNull();
    expect(counter.leases).toEqual([]);
  });

  test("is silent to a request that asks for nothing", () => {
    expect(new Counter().hear(from(mac(1), { type: "request" }))).toBeNull();
  });

  test("lends an address that somebody has taken to nobody for a while, and a returned one at once", () => {
    const counter = new Counter();
    const address = counter.join(mac(1)) ?? 0;
    expect(counter.hear(from(mac(1), { type: "decline", requested: address }))).toBeNull();
    const others = [1, 2, 3].map((client) => counter.join(mac(client)));
    expect(others).not.toContain(address);
    expect(counter.join(mac(4))).toBeNull();
    counter.hear(from(mac(2), { type: "release", clientAddress: others[1] ?? 0 }));
    expect(counter.join(mac(4))).toBe(others[1]);
  });

  test("does not let a client put aside what is another's", () => {
    const counter = new Counter();
    const address = counter.join(mac(1)) ?? 0;
    counter.hear(from(mac(2), { type: "decline", requested: address }));
    expect(counter.leases).toHaveLength(1);
    expect(counter.join(mac(1))).toBe(address);
  });

  test("tells a client that has an address already only what the network is", () => {
    const inform = from(mac(1), { type: "inform", clientAddress: base + 20 });
    expect(new Counter().hear(inform)).toEqual({ type: "ack", address: 0, leaseSeconds: null });
  });

  test("never lends one address twice at a time, nor keeps more leases than addresses, whatever it hears", () => {
    const address = fc.oneof(fc.integer({ min: base, max: base + 20 }), fc.constant(0));
    const requests = fc.record({
      type: fc.constantFrom("discover", "request", "decline", "release", "inform" as const),
      client: fc.integer({ min: 1, max: 9 }),
      clientAddress: address,
      requested: fc.option(address),
      server: fc.option(fc.constantFrom(desk.address, 7)),
      after: fc.integer({ min: 0, max: 400_000 }),
    });
    fc.assert(
      fc.property(fc.array(requests, { maxLength: 60 }), (stories) => {
        const counter = new Counter();
        const lent = new Map<number, { readonly client: number; readonly until: number }>();
        for (const { after, client, ...fields } of stories) {
          counter.now += after;
          const reply = counter.hear(from(mac(client), fields));
          const addresses = counter.leases.map((lease) => lease.address);
          expect(new Set(addresses).size).toBe(addresses.length);
          expect(addresses.length).toBeLessThanOrEqual(desk.pool.count);
          if (fields.type === "release" || fields.type === "decline" || fields.server === 7)
            for (const [other, lease] of lent) if (lease.client === client) lent.delete(other);
          if (reply?.type !== "ack" || reply.leaseSeconds === null) continue;
          const holder = lent.get(reply.address);
          if (holder !== undefined && holder.client !== client) expect(holder.until).toBeLessThanOrEqual(counter.now);
          for (const [other, lease] of lent) if (lease.client === client) lent.delete(other);
          lent.set(reply.address, { client, until: counter.now + leaseSeconds * 1000 });
        }
      }),
    );
  });
});

describe("a reply goes", () => {
  const ack: DhcpReply = { type: "ack", address: base + 10, leaseSeconds };
  test("to all while the client has no address here, and to the client that has one", () => {
    expect(destination(desk, from(mac(1)), ack)).toBe("broadcast");
    expect(destination(desk, from(mac(1), { clientAddress: base + 10 }), ack)).toBe(base + 10);
  });

  test("never out of the hotspot, nor to itself", () => {
    expect(destination(desk, from(mac(1), { clientAddress: 0x0a000005 }), ack)).toBe("broadcast");
    expect(destination(desk, from(mac(1), { clientAddress: desk.address }), ack)).toBe("broadcast");
    const nak: DhcpReply = { type: "nak", address: 0, leaseSeconds: null };
    expect(destination(desk, from(mac(1), { clientAddress: base + 10 }), nak)).toBe("broadcast");
  });
});
