import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HttpReader } from "./http.ts";
import { Flow, readSegment, type Segment } from "./tcp.ts";
import { readUpnp } from "./upnp.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

const segment = (sequence: number, data: string, flags: Partial<Segment> = {}): Segment => ({
  from: "192.0.2.1:1",
  to: "192.0.2.2:2",
  sequence: sequence >>> 0,
  syn: false,
  last: false,
  data: bytes(data),
  ...flags,
});

const said = (flow: Flow, ...segments: Segment[]) =>
  segments.flatMap((each) => flow.take(each)).map((part) => (part === "gap" ? "…" : text(part)));

describe("one direction of a connection", () => {
  test("is read in order, whatever the order of its segments, also across the end of the sequence numbers", () => {
    const start = 0xffff_fffd;
    const words = ["ab", "cd", "ef", "gh"];
    const segments = words.map((word, i) => segment(start + 1 + 2 * i, word));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(segments, { minLength: 4 }),
        fc.array(fc.constantFrom(...segments)),
        (all, more) => {
          const flow = new Flow();
          expect(said(flow, segment(start, "", { syn: true }), ...more, ...all).join("")).toBe("abcdefgh");
        },
      ),
    );
  });

  test("a segment that says some of what was said before adds only what is new", () => {
    expect(said(new Flow(), segment(10, "abc"), segment(11, "bcde"), segment(10, "abc"))).toEqual(["abc", "de"]);
  });

  test("what the capture has lost is a gap, once too much has come after it", () => {
    const later = Array.from({ length: 70 }, (_, i) => segment(20 + i, String(i % 10)));
    const words = said(new Flow(), segment(10, "abc"), ...later);
    expect(words.slice(0, 3)).toEqual(["abc", "…", "0"]);
    expect(words.length).toBe(72);
  });

  test("is told from what is no TCP", () => {
    expect(readSegment(new Uint8Array(60))).toBeNull();
    const udp = new Uint8Array(60);
    udp.set([0x45, 0, 0, 60]);
    udp[9] = 17;
    expect(readSegment(udp)).toBeNull();
  });

  test("over IPv6 too, behind an extension header", () => {
    const packet = new Uint8Array(40 + 8 + 20 + 2);
    packet.set([0x60, 0, 0, 0, 0, 30, 0]);
    packet.set([0x20, 0x01, 0x0d, 0xb8], 8);
    packet[23] = 1;
    packet[39] = 2;
    packet[40] = 6;
    packet.set([0, 80, 0x1f, 0x90, 0, 0, 0, 7], 48);
    packet[60] = 0x50;
    packet.set(bytes("hi"), 68);
    expect(readSegment(packet)).toEqual({
      from: "[2001:db8::1]:80",
      to: "[::2]:8080",
      sequence: 7,
      syn: false,
      last: false,
      data: bytes("hi"),
    });
  });
});

describe("HTTP", () => {
  const post = "POST /wps_control HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n";
  const bare = "SUBSCRIBE /wps_event HTTP/1.1\r\nNT: upnp:event\r\n\r\n";
  const bodies = (data: string, size: number) => {
    const reader = new HttpReader();
    const messages = [];
    for (let at = 0; at < data.length; at += size) messages.push(...reader.take(bytes(data.slice(at, at + size))));
    return [...messages, ...reader.end()].map(({ startLine, body }) => `${startLine.split(" ")[0]} ${text(body)}`);
  };

  test("messages are found however they are cut", () => {
    for (let size = 1; size < 60; size++)
      expect(bodies(post + chunked + bare + post, size)).toEqual([
        "POST hello",
        "HTTP/1.1 hello",
        "SUBSCRIBE ",
        "POST hello",
      ]);
  });

  test("an answer without a length goes on to the end", () => {
    expect(bodies("HTTP/1.0 200 OK\r\n\r\nall of it", 4)).toEqual(["HTTP/1.0 all of it"]);
  });

  test.each([
    ["no HTTP", "\u0016\u0003\u0001"],
    ["a head without end", `GET ${"a".repeat(10_000)}`],
    ["a body too long to be WPS", "POST / HTTP/1.1\r\nContent-Length: 99999\r\n\r\n"],
    ["a length that is no number", "POST / HTTP/1.1\r\nContent-Length: five\r\n\r\n"],
    ["a chunk without size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
  ])("%s makes the rest of the direction unreadable, and nothing worse", (_, data) => {
    expect(bodies(data + post, 1000)).toEqual([]);
  });

  test("after a gap the next message is found again", () => {
    const reader = new HttpReader();
    expect(reader.take(bytes(post.slice(0, 30)))).toEqual([]);
    reader.skip();
    expect(reader.take(bytes(post)).map(({ body }) => text(body))).toEqual(["hello"]);
  });
});

describe("UPnP", () => {
  const found = (body: string, startLine = "POST /wps_control HTTP/1.1") =>
    readUpnp({ startLine, headers: new Map(), body: bytes(body) });

  test("arguments are found with and without prefixes, and base64 over several lines", () => {
    const envelope =
      '<s:Body><u:PutMessage xmlns:u="urn"><x:NewInMessage dt="b">AQ\nID\n</x:NewInMessage></u:PutMessage>';
    expect(found(envelope)).toEqual([
      { action: "PutMessage", isAnswer: false, station: null, bytes: Uint8Array.of(1, 2, 3), content: "message" },
    ]);
  });

  test("the station of a PutWLANResponse is read", () => {
    const envelope =
      "<PutWLANResponse ><NewMessage>AQ==</NewMessage><NewWLANEventMAC>02:00:00:00:01:00</NewWLANEventMAC>";
    expect(found(envelope)).toMatchObject([{ action: "PutWLANResponse", station: "02:00:00:00:01:00" }]);
  });

  test("an event that is too short, and base64 that is none, are told as unreadable", () => {
    expect(found("<WLANEvent>AQID</WLANEvent>")).toMatchObject([{ action: "WLANEvent", bytes: null }]);
    expect(found("<NewMessage>?!</NewMessage>")).toMatchObject([{ bytes: null }]);
  });
});
