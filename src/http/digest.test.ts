import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Secret } from "../wsc/secret.ts";
import {
  type Algorithm,
  type DigestCredentials,
  digestChallenge,
  digestResponse,
  isRightResponse,
  parseDigest,
} from "./digest.ts";

const noBody = new Uint8Array();

const rfc2617 = `Digest username="Mufasa",
  realm="testrealm@host.com",
  nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",
  uri="/dir/index.html",
  qop=auth,
  nc=00000001,
  cnonce="0a4f113b",
  response="6629fae49393a05397450978507c4ef1",
  opaque="5ccc069c403ebaf9f0171e9517f40e41"`.replaceAll("\n", "");

const rfc7616 = (algorithm: Algorithm, response: string) =>
  `Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=${algorithm},
  nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001,
  cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="${response}",
  opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`.replaceAll("\n", "");

const published = [
  { name: "RFC 2617, 3.5", header: rfc2617, password: "Circle Of Life" },
  {
    name: "RFC 7616, 3.9.1 with MD5",
    header: rfc7616("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
    password: "Circle of Life",
  },
  {
    name: "RFC 7616, 3.9.1 with SHA-256",
    header: rfc7616("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    password: "Circle of Life",
  },
] as const;

function read(header: string): DigestCredentials {
  const credentials = parseDigest(header);
  if (!credentials.ok) throw new Error(credentials.error);
  return credentials.value;
}

describe("the published examples", () => {
  for (const { name, header, password } of published)
    test(`${name} is right with its password and wrong with another, method or case`, () => {
      const request = { method: "GET", password: new Secret(password), body: noBody };
      const credentials = read(header);
      expect(isRightResponse(credentials, request)).toBe(true);
      expect(isRightResponse(credentials, { ...request, password: new Secret("Circle") })).toBe(false);
      expect(isRightResponse(credentials, { ...request, method: "POST" })).toBe(false);
      expect(isRightResponse(credentials, { ...request, password: new Secret(password.toUpperCase()) })).toBe(false);
    });
});

describe("an Authorization header", () => {
  const base: Record<string, string> = {
    username: '""',
    realm: '"openwps"',
    nonce: '"n"',
    uri: '"/"',
    algorithm: "MD5-sess",
    qop: "auth",
    nc: "00000001",
    cnonce: '"c"',
    response: `"${"0".repeat(32)}"`,
  };
  const write = (fields: Record<string, string | undefined>) =>
    `Digest ${Object.entries({ ...base, ...fields })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${value}`)
      .join(", ")}`;

  test("may come as Python's requests writes it, with quotes around tokens", () => {
    const header = write({ algorithm: '"MD5-SESS"', qop: '"auth"' });
    expect(read(header)).toMatchObject({ username: "", algorithm: "MD5-sess", qop: "auth", opaque: null });
  });

  test("may have tabs, empty places, other case, escapes, and parameters that nobody knows", () => {
    const fields = { uri: '"/a\\"b,c=\\\\d"', opaque: '""', auth_param: "x", "username*": "UTF-8''x" };
    const header = write(fields).replace("Digest ", "dIGEST ,, \t").replace(" realm=", " REALM \t= ");
    expect(read(`${header} , ,`)).toMatchObject({ realm: "openwps", uri: '/a"b,c=\\d', opaque: "" });
  });

  test("without an algorithm is one of MD5", () => {
    expect(read(write({ algorithm: undefined })).algorithm).toBe("MD5");
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ["of another scheme", "Basic Og==", /not one of Digest/],
    ["that is longer than is read", write({ username: `"${"x".repeat(4096)}"` }), /longer than 4096/],
    ["that says something twice", `${write({})}, nc=00000002`, /something twice/],
    ["that says something twice in other case", `${write({})}, NC=00000002`, /something twice/],
    ["whose quote does not end", write({ opaque: '"x' }), /cannot be read/],
    ["with something after a quote", write({ opaque: '"x"y' }), /cannot be read/],
    ["with a name alone", `${write({})}, opaque`, /cannot be read/],
    ["with a character that is no byte", write({ cnonce: '"\u0163"' }), /cannot be read/],
    ["that is empty", "Digest ", /username is missing/],
    ...["username", "realm", "nonce", "uri", "qop", "nc", "cnonce", "response"].map(
      (name) => [`without ${name}`, write({ [name]: undefined }), new RegExp(`${name} is missing`)] as const,
    ),
    ["of an algorithm nobody offers", write({ algorithm: "MD4" }), /algorithm is missing or not valid/],
    ["of a qop nobody offers", write({ qop: "auth-conf" }), /qop is missing or not valid/],
    ["with an nc of 7 digits", write({ nc: "0000001" }), /nc is missing or not valid/],
    ["with an nc of 0", write({ nc: "00000000" }), /nc is missing or not valid/],
    ["with an empty cnonce", write({ cnonce: '""' }), /cnonce is missing or not valid/],
    ["with an endless cnonce", write({ cnonce: `"${"c".repeat(257)}"` }), /cnonce is missing or not valid/],
    ["with a response too short for the algorithm", write({ algorithm: "SHA-256" }), /response is missing or not/],
    ["with a response that is no hex", write({ response: `"${"G".repeat(32)}"` }), /response is missing or not/],
  ];
  test.each(refused)("%s is refused in a sentence", (_name, header, says) => {
    const credentials = parseDigest(header);
    expect(credentials.ok ? "read" : credentials.error).toMatch(says);
  });

  test("may be any text: it is read, or refused in a sentence", () => {
    const piece = fc.constantFrom(...Object.entries(base).flat(), "=", ",", " ", '"', "\\", "\t", "Digest ", "é", "\0");
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece).map((all) => `Digest ${all.join("")}`),
    );
    fc.assert(
      fc.property(text, (header) => {
        const credentials = parseDigest(header);
        if (!credentials.ok) expect(credentials.error).toMatch(/\.$/);
      }),
    );
  });
});

describe("a response", () => {
  const text = fc.string({ minLength: 1, maxLength: 20 }).filter((one) => /^[ -~]+$/.test(one));
  const request = fc.record({
    credentials: fc.record({
      username: fc.constantFrom("", "admin"),
      realm: text,
      nonce: text,
      uri: text,
      algorithm: fc.constantFrom<Algorithm[]>("MD5", "MD5-sess", "SHA-256", "SHA-256-sess"),
      qop: fc.constantFrom("auth" as const, "auth-int" as const),
      cnonce: text,
      nc: fc.integer({ min: 1, max: 2 ** 32 - 1 }).map((nc) => nc.toString(16).padStart(8, "0")),
      opaque: fc.constant(null),
    }),
    method: fc.constantFrom("GET", "POST"),
    password: text,
    body: fc.uint8Array({ maxLength: 20 }),
  });

  test("is right for what it was made for, and for nothing else", () => {
    const other = (value: string) => (value === "auth" ? "auth-int" : value === "auth-int" ? "auth" : `${value}x`);
    fc.assert(
      fc.property(request, fc.nat(), ({ credentials, method, password, body }, which) => {
        const digested = { method, password: new Secret(password), body };
        const made = { ...credentials, response: digestResponse(credentials, digested) };
        expect(isRightResponse(made, digested)).toBe(true);

        const fields = ["username", "realm", "nonce", "uri", "qop", "cnonce", "nc", "response"] as const;
        const field = fields[which % fields.length] ?? "uri";
        expect(isRightResponse({ ...made, [field]: other(made[field]) }, digested), field).toBe(false);
        expect(isRightResponse(made, { ...digested, method: "PUT" })).toBe(false);
        expect(isRightResponse(made, { ...digested, password: new Secret(`${password}x`) })).toBe(false);
        const longer = { ...digested, body: Uint8Array.of(...body, 0) };
        expect(isRightResponse(made, longer)).toBe(made.qop === "auth");
      }),
    );
  });

  test("of a later request may be made with the session key of the first, or with its own", () => {
    const digested = { method: "GET", password: new Secret("secret"), body: noBody };
    const later = { ...read(published[0].header), algorithm: "MD5-sess", cnonce: "later", nc: "00000002" } as const;
    const byTheBook = { ...later, response: digestResponse(later, digested, "first") };
    const asBrowsersDo = { ...later, response: digestResponse(later, digested) };
    expect(isRightResponse(byTheBook, digested, "first")).toBe(true);
    expect(isRightResponse(asBrowsersDo, digested, "first")).toBe(true);
    expect(isRightResponse(byTheBook, digested, "another")).toBe(false);
    expect(isRightResponse(byTheBook, digested)).toBe(false);
  });
});

test("a challenge says what RFC 7616 wants to have in it, in its quotes", () => {
  const challenge = { realm: "openwps", nonce: "n", opaque: "o", algorithm: "MD5-sess", stale: false } as const;
  expect(digestChallenge(challenge)).toBe(
    'Digest realm="openwps", qop="auth,auth-int", algorithm=MD5-sess, nonce="n", opaque="o", charset=UTF-8',
  );
  expect(digestChallenge({ ...challenge, stale: true })).toMatch(/, stale=true$/);
});
