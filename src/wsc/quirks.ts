/**
 * What real peers get wrong and we put up with: each deviation by its name, with the peer it was seen in and what is done
 * about it. The engine tolerates all of them unless it is told to be strict (strict.ts). Data only.
 */

/** One deviation of real peers. */
export interface Quirk {
  readonly seenIn: string;
  readonly does: string;
  /** The file that does it. */
  readonly where: string;
  /**
   * What becomes of it in strict mode. What stays is no forgiveness: something that we do or choose ourselves, or that the
   * protocol does not forbid.
   */
  readonly strict: "refused" | "stays";
}

/** All of them by name. What strict mode does about each stands with it. */
export const QUIRKS = {
  "zero-padding": {
    seenIn: "Mac OS X 10.6",
    does: "ignore zero bytes after the last attribute",
    where: "codec.ts",
    strict: "refused",
  },
  "stray-byte-after-key": {
    seenIn: "some access points, at least with open networks",
    does: "go on one byte later after a Network Key",
    where: "codec.ts",
    strict: "refused",
  },
  "empty-text": {
    seenIn: "peers that reject an attribute of length 0",
    does: "send one space in place of an empty text",
    where: "values.ts",
    strict: "stays",
  },
  "terminated-text": {
    seenIn: "peers that count the NUL behind a text, or fill the text up",
    does: "end a text where a NUL stands",
    where: "values.ts",
    strict: "refused",
  },
  "short-public-key": {
    seenIn: "peers that drop leading zeros",
    does: "accept a Public Key of 190 or 191 bytes, and hash it as it came",
    where: "attributes.ts",
    strict: "refused",
  },
  "padded-ssid": {
    seenIn: "Registrars that fill an SSID up to 32 bytes",
    does: "strip trailing NULs of an SSID",
    where: "credential.ts",
    strict: "refused",
  },
  "terminated-key": {
    seenIn: "a Registrar that counts the NUL behind a passphrase",
    does: "strip one final NUL of a passphrase",
    where: "credential.ts",
    strict: "refused",
  },
  "missing-key": {
    seenIn: "access points with open networks",
    does: "accept an open Credential without Network Key",
    where: "credential.ts",
    strict: "refused",
  },
  "foreign-credential-address": {
    seenIn: "many Registrars",
    does: "accept a Credential or settings whose MAC Address is not the receiver's",
    where: "credential.ts",
    strict: "refused",
  },
  "mixed-mode-twice": {
    seenIn: "access points in mixed mode",
    does: "merge two Credentials with one name and key",
    where: "credential.ts",
    strict: "stays",
  },
  "button-answered-by-pin-id": {
    seenIn: "some access points",
    does: "go on when M2 names password id 0 and M1 announced the button",
    where: "session/enrollee-messages.ts",
    strict: "refused",
  },
  "swapped-type-flags": {
    seenIn: "Linksys WRT350N",
    does: "assume that a peer which shares no type with us knows all of ours",
    where: "choice.ts",
    strict: "refused",
  },
  "forgotten-wpa2-psk": {
    seenIn: "devices that announce 0x1b",
    does: "add WPA2-PSK to WPA2-EAP with WPA-PSK",
    where: "choice.ts",
    strict: "refused",
  },
  "apple-passphrase": {
    seenIn: "Mac OS X 10.6.3 and 10.6.4",
    does: "give the PSK in place of the passphrase",
    where: "choice.ts",
    strict: "stays",
  },
  "single-mode-in-m7": {
    seenIn: "Windows 7",
    does: "show only the strongest mode of a mixed one in M7",
    where: "ap-settings.ts",
    strict: "stays",
  },
  "button-in-m1": {
    seenIn: "Windows 7",
    does: "offer the push button in an access point's M1, when asked to",
    where: "session/access-point-enrollee.ts",
    strict: "stays",
  },
  "capabilities-from-m1": {
    seenIn: "Windows 7",
    does: "send M1 although no external Registrar is let in, and refuse its M2",
    where: "session/access-point-enrollee.ts",
    strict: "stays",
  },
  "probes-after-success": {
    seenIn: "stations that have just enrolled",
    does: "ignore their push-button probes for 5 s",
    where: "policy/push-button.ts",
    strict: "stays",
  },
  "wrong-eapol-length": {
    seenIn: "Buffalo WHR-G125",
    does: "take a packet's length from its EAP header, and ignore what follows",
    where: "eap/packet.ts",
    strict: "stays",
  },
} as const satisfies Record<string, Quirk>;

/** The name of a quirk, as comments in the code and docs/protocol.md call it. */
export type QuirkId = keyof typeof QUIRKS;
