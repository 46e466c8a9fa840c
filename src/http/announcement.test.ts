import { expect, test } from "vitest";
import { announce, serviceName } from "./announcement.ts";

const device = { hostName: "meter", address: "127.0.0.1", port: 8080, id: null };

test("a name that is too long for a DNS label is cut between two letters; no name is the host's", () => {
  expect(serviceName({ ...device, name: "" })).toBe("meter");
  expect(serviceName({ ...device, name: "x".repeat(31) })).toBe("x".repeat(31));
  expect(serviceName({ ...device, name: "日".repeat(31) })).toBe("日".repeat(19));
  expect(serviceName({ ...device, name: `x${"日".repeat(30)}` })).toBe(`x${"日".repeat(19)}`);
  expect(serviceName({ ...device, name: "😀".repeat(31) })).toBe("😀".repeat(14));
});

test("a device with such a name is announced, and the announcement can be taken back", {
  timeout: 15_000,
}, async () => {
  const announcement = await announce({ ...device, name: "日".repeat(31) });
  await announcement.close();
});
