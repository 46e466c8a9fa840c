import { describe, expect, test } from "vitest";
import { isLoopback, parseListenAddress } from "./listen-option.ts";

describe("a place to listen", () => {
  const good: readonly [string, string, number, boolean][] = [
    ["127.0.0.1:8080", "127.0.0.1", 8080, true],
    ["127.9.9.9:0", "127.9.9.9", 0, true],
    ["[::1]:65535", "::1", 65535, true],
    ["localhost:80", "localhost", 80, true],
    ["0.0.0.0:80", "0.0.0.0", 80, false],
    ["[::]:80", "::", 80, false],
    ["192.168.1.2:80", "192.168.1.2", 80, false],
    ["device.local:80", "device.local", 80, false],
  ];
  for (const [text, host, port, loopback] of good)
    test(`${text} is ${loopback ? "this machine only" : "reached from elsewhere"}`, () => {
      const address = parseListenAddress(text);
      expect(address).toEqual({ host, port });
      expect(isLoopback(address)).toBe(loopback);
    });

  for (const text of ["", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "a b:80", "[::1]"])
    test(`${JSON.stringify(text)} is none`, () => {
      expect(() => parseListenAddress(text)).toThrow(/HOST:PORT/);
    });
});
