/** How a simulated station gets into a network with its key, and stays there: association, handshake, address, guard. */
import { equal } from "../../wsc/crypto.ts";
import type { AuthMode, Bss, IpAddress, Link, Network, StaticAddress } from "../station-radio.ts";
import { type HandshakeTerms, proofOf, pskOf } from "./handshake.ts";
import { beaconLossMs, type Sighting, type StationAntenna, type Talk } from "./station-antenna.ts";

export interface Choice {
  readonly network: Network;
  readonly bss: Bss;
}

/** The strongest access point in sight that serves one of these networks in a way that the network allows. */
export function chooseNetwork(sightings: readonly Sighting[], networks: readonly Network[]): Choice | null {
  for (const { bss } of sightings)
    for (const network of networks)
      if (Buffer.compare(bss.ssid, network.ssid) === 0 && fits(network, bss.authMode)) return { network, bss };
  return null;
}

function fits({ key, wpa1, sae }: Network, authMode: AuthMode): boolean {
  if (key === null) return authMode === "open";
  if (authMode === "WPA") return wpa1;
  if (authMode === "WPA3") return sae;
  return authMode === "WPA2" || authMode === "WPA-WPA2" || authMode === "WPA2-WPA3";
}

/** How long the access point may take for each message of the handshake. */
const handshakeMs = 5_000;

export type Joined =
  | { readonly ok: true; readonly membership: Membership }
  | { readonly ok: false; readonly trouble: NonNullable<Link["trouble"]> };

/** In a network, with the port open. */
export interface Membership {
  readonly talk: Talk;
  readonly bss: Bss;
  /** The proof of message 4, in case the access point missed it; null in an open network. */
  readonly confirm: Confirmation | null;
  /** What a person gave it; null: it asks for one. */
  readonly address: IpAddress | null;
}

interface Confirmation {
  readonly nonce: Uint8Array;
  readonly proof: Uint8Array;
}

export async function join(antenna: StationAntenna, { network, bss }: Choice, signal: AbortSignal): Promise<Joined> {
  const talk = await antenna.associate(bss, false, signal);
  if (talk === null) return { ok: false, trouble: "rejected" };
  const address = network.staticAddress === undefined ? null : addressOf(network.staticAddress);
  if (network.key === null) return { ok: true, membership: { talk, bss, confirm: null, address } };

  const nonce = antenna.air.chance.bytes(32);
  let terms: HandshakeTerms | null = null;
  while (true) {
    const heard = await talk.next(handshakeMs);
    if (heard === null || heard.kind === "deauthentication") {
      talk.leave();
      // An access point does not say that a proof was wrong; it just does not go on.
      return { ok: false, trouble: terms === null ? "rejected" : "wrongKey" };
    }
    if (heard.kind !== "key") continue;
    if (heard.number === 1) {
      terms = {
        psk: pskOf(bss.ssid, network.key),
        accessPoint: bss.bssid,
        station: antenna.address,
        accessPointNonce: heard.nonce,
        stationNonce: nonce,
      };
      talk.send({ kind: "key", number: 2, nonce, proof: proofOf(2, terms) });
    } else if (heard.number === 3 && terms !== null && heard.proof !== null && equal(heard.proof, proofOf(3, terms))) {
      const confirm = { nonce, proof: proofOf(4, terms) };
      talk.send({ kind: "key", number: 4, ...confirm });
      return { ok: true, membership: { talk, bss, confirm, address } };
    }
  }
}

function addressOf({ ip, mask, gateway, dns }: StaticAddress): IpAddress {
  return { ip, mask, gateway, dns: dns === null ? [] : [dns] };
}

const firstDiscoverMs = 1_000;
const slowestDiscoverMs = 16_000;
/** How often it looks whether its access point is still heard. */
const guardMs = 1_000;

/** Asks for an address unless it has one, and returns when the link is lost. @throws the signal's reason, when it aborts */
export async function stay(
  antenna: StationAntenna,
  { talk, confirm, address }: Membership,
  addressed: (address: IpAddress) => void,
): Promise<void> {
  const { clock } = antenna.air;
  const joined = clock.now();
  let hasAddress = address !== null;
  if (address !== null) addressed(address);
  let pause = firstDiscoverMs;
  let nextDiscover = joined;
  while (clock.now() - (antenna.sighting(talk.bssid)?.at ?? joined) < beaconLossMs) {
    if (!hasAddress && clock.now() >= nextDiscover) {
      talk.send({ kind: "dhcpDiscover" });
      nextDiscover = clock.now() + pause;
      pause = Math.min(2 * pause, slowestDiscoverMs);
    }
    const heard = await talk.next(guardMs);
    if (heard?.kind === "deauthentication") return;
    if (heard?.kind === "key" && heard.number === 3 && confirm !== null)
      talk.send({ kind: "key", number: 4, ...confirm });
    else if (heard?.kind === "dhcpAck" && !hasAddress) {
      hasAddress = true;
      addressed(heard.address);
    }
  }
}
