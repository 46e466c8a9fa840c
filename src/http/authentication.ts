/**
 * Who may use the service when a password protects it: each request is looked at before its body is parsed. How HTTP
 * Digest is written and computed is in `digest.ts`; what the password is, in the settings; how a page that has given it
 * once is known again, in `session-login.ts`.
 */
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { errorCodes, type FastifyInstance, type FastifyReply, type FastifyRequest, type RequestPayload } from "fastify";
import type { Clock } from "../clock/clock.ts";
import type { SettingsKeeper } from "../settings/settings.ts";
import { equal, sha256 } from "../wsc/crypto.ts";
import type { Secret } from "../wsc/secret.ts";
import { Attempts } from "./attempts.ts";
import { type Algorithm, type DigestCredentials, digestChallenge, isRightResponse, parseDigest } from "./digest.ts";
import { bodyLimit, refuse } from "./errors.ts";
import { Nonces } from "./nonces.ts";
import { isFromPage, type Login, Logins } from "./session-login.ts";

export interface AuthenticationOptions {
  readonly settings: SettingsKeeper;
  readonly clock: Clock;
  /** What is offered: MD5-sess alone (also when this is left out), or SHA-256 first and MD5-sess after it. */
  readonly digest?: "md5" | "sha-256" | undefined;
  /** Whether Basic is offered and taken, too: the password then goes over the network as it is. Not when left out. */
  readonly basic?: boolean | undefined;
  /** Where nonces come from; the system's own source when left out. */
  readonly random?: ((length: number) => Uint8Array) | undefined;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route answers without the password, too. */
    open?: boolean;
  }
}

/**
 * MD5-sess alone by default: the devices whose API this is offer it, and clients take the first challenge, or mix up
 * two. Where SHA-256 is asked for, it is not SHA-256-sess: curl and browsers know both, Python's requests only the
 * former.
 */
const offered: Record<"md5" | "sha-256", readonly Algorithm[]> = {
  md5: ["MD5-sess"],
  "sha-256": ["SHA-256", "MD5-sess"],
};

/** What the client is told when it is not let in. */
export type Refusal =
  | { readonly kind: "missing" | "wrong" | "stale" }
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "unreadable"; readonly message: string };

/** For the endpoints at which pages log in. */
export interface Gate {
  readonly logins: Logins;
  /** The login of a request, if it has one that is good under the password in force. */
  loginOf(request: FastifyRequest): Login | null;
  /** Whether this is the password; null: it is. A wrong one counts as one by Digest does. */
  tryPassword(request: FastifyRequest, password: string): Refusal | null;
  refuse(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply;
}

const nothing = new Uint8Array();

/** Has every request to `app` authenticated while the settings say that a password protects it. */
export function authenticate(app: FastifyInstance, options: AuthenticationOptions): Gate {
  const { settings, clock } = options;
  const algorithms = offered[options.digest ?? "md5"];
  const basic = options.basic ?? false;
  const random = options.random ?? randomBytes;
  const nonces = new Nonces({ clock, random });
  const logins = new Logins({ clock, random });
  const attempts = new Attempts(clock);
  let lastPassword = settings.current.password;

  app.decorateRequest("login", null);
  app.addHook("preClose", async () => logins.endAll());
  // A new password is noticed when it is set, and not only when somebody asks next: streams under the old one end.
  app.addHook("onResponse", async () => void noticePassword());

  // Before parsing, because qop auth-int needs the bytes of the body. With a callback, which is not called for those
  // who are refused: after a promise the framework would go on, should the refusal not have left the house by then.
  app.addHook("preParsing", (request, reply, payload, done) => {
    if (!isProtected(request)) return done(null, payload);
    request.login = loginOf(request);
    if (request.login !== null) return done(null, payload);
    const answer = (refusal: Refusal | null, body: RequestPayload) =>
      refusal === null ? done(null, body) : void refuseEntry(request, reply, refusal);
    const { authorization = "" } = request.headers;
    const scheme = /^[^ ]*/.exec(authorization)?.[0].toLowerCase();
    if (scheme === "basic" && basic) return answer(judgeBasic(request, authorization), payload);
    if (scheme !== "digest") return answer({ kind: "missing" }, payload);

    const credentials = parseDigest(authorization);
    if (!credentials.ok) return answer({ kind: "unreadable", message: credentials.error }, payload);
    if (credentials.value.qop === "auth") return answer(judgeDigest(request, credentials.value, nothing), payload);
    const readAll = async () => {
      const body = await readBody(payload, Number(request.headers["content-length"] ?? 0));
      if (body !== null) return answer(judgeDigest(request, credentials.value, body), Readable.from([body]));
      reply.header("connection", "close");
      throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
    };
    readAll().catch((error: Error) => {
      const clientIsGone = request.raw.destroyed && !request.raw.complete;
      if (!clientIsGone) done(error);
    });
  });

  function isProtected(request: FastifyRequest): boolean {
    return settings.current.protection && request.routeOptions.config.open !== true;
  }

  /** The password in force. With a new one, the nonces and logins of the one before are void. */
  function noticePassword(): Secret | null {
    const { password } = settings.current;
    if (password !== lastPassword) {
      nonces.voidAll();
      logins.endAll();
    }
    lastPassword = password;
    return password;
  }

  function loginOf(request: FastifyRequest): Login | null {
    noticePassword();
    return logins.of(request);
  }

  function judgeDigest(request: FastifyRequest, credentials: DigestCredentials, body: Uint8Array): Refusal | null {
    const { username, realm, uri, algorithm, nonce, nc, cnonce, opaque } = credentials;
    if (uri !== request.raw.url && uri !== request.originalUrl)
      return { kind: "unreadable", message: "The uri in the Authorization header is not the one that is asked for." };
    if (!algorithms.includes(algorithm))
      return { kind: "unreadable", message: `Offered is the algorithm ${algorithms.join(" or ")}, not ${algorithm}.` };
    const isRight = (secret: Secret) =>
      isRightResponse(credentials, { method: request.method, password: secret, body }, nonces.firstCnonce(nonce));
    const refusal = judgePassword(request, (secret) => isRight(secret) && username === "");
    if (refusal !== null) return refusal;
    // Right, but of a nonce that is used up, or of before the host was renamed: a client that hears "stale" tries
    // again by itself, and does not ask its person.
    const isOurs = realm === settings.current.hostName && (opaque === null || opaque === nonces.opaque);
    return isOurs && nonces.use(nonce, nc, cnonce) ? null : { kind: "stale" };
  }

  function judgeBasic(request: FastifyRequest, header: string): Refusal | null {
    const encoded = /^basic +([a-z\d+/]+={0,2})$/i.exec(header)?.[1];
    const given = Buffer.from(encoded ?? "", "base64");
    const colon = given.indexOf(":");
    if (colon < 0) return { kind: "unreadable", message: "The Authorization header cannot be read." };
    return judgePassword(request, (secret) => isPassword(given.subarray(colon + 1), secret) && colon === 0);
  }

  /** The one place where passwords are tried, so that each wrong one is counted. */
  function judgePassword({ ip }: FastifyRequest, isRight: (password: Secret) => boolean): Refusal | null {
    const wait = attempts.wait(ip);
    if (wait > 0) return { kind: "wait", seconds: Math.ceil(wait / 1000) };
    const password = noticePassword();
    if (password !== null && isRight(password)) return null;
    attempts.failed(ip);
    return { kind: "wrong" };
  }

  function refuseEntry(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
    switch (refusal.kind) {
      case "unreadable":
        return refuse(reply, "bad-request", refusal.message);
      case "wait":
        reply.header("retry-after", refusal.seconds);
        return refuse(
          reply,
          "too-many-attempts",
          `Too many wrong passwords came from this address. Try again in ${refusal.seconds} s.`,
        );
      case "missing":
      case "wrong":
      case "stale": {
        // At a challenge that it knows a browser asks the person in a box of its own; the page asks by itself.
        if (isFromPage(request))
          return refuse(reply.header("www-authenticate", "Session"), "unauthorized", pageSentences[refusal.kind]);
        reply.header("www-authenticate", challenges(refusal.kind === "stale"));
        return refuse(reply, "unauthorized", sentences[refusal.kind]);
      }
    }
  }

  function challenges(stale: boolean): string[] {
    const realm = settings.current.hostName;
    const [nonce, { opaque }] = [nonces.issue(), nonces];
    const list = algorithms.map((algorithm) => digestChallenge({ realm, nonce, opaque, algorithm, stale }));
    return basic ? [...list, `Basic realm="${realm}", charset="UTF-8"`] : list;
  }

  const tryPassword = (request: FastifyRequest, text: string) =>
    judgePassword(request, (secret) => isPassword(Buffer.from(text), secret));
  return { logins, loginOf, tryPassword, refuse: refuseEntry };
}

const sentences = {
  missing: "A password protects this service. Send it by HTTP Digest, with an empty user name.",
  wrong: "The password is wrong, or the user name is not empty. The user name has to be empty.",
  stale: "The password is right, but the nonce is used up. Make the same request again with the new nonce.",
};

const pageSentences = {
  ...sentences,
  missing: "A password protects this service. Log in with it at /api/v1/session.",
  wrong: "The password is wrong.",
};

/** The bytes of the body; null: more than are read here. */
async function readBody(payload: RequestPayload, announced: number): Promise<Uint8Array | null> {
  if (announced > bodyLimit) return null;
  const pieces: Uint8Array[] = [];
  let length = 0;
  // What is left of it stays unread, and the connection open for the answer.
  const rest: AsyncIterable<Uint8Array> = payload.iterator({ destroyOnReturn: false });
  for await (const piece of rest) {
    length += piece.length;
    if (length > bodyLimit) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Whether these bytes of Basic are the password: in UTF-8, as the challenge asks for, or in Latin-1, as older clients do. */
function isPassword(given: Uint8Array, password: Secret): boolean {
  const right = sha256(password.reveal());
  const readings = ["utf-8", "latin1"] as const;
  const matches = readings.map((encoding) => {
    const text = Buffer.from(given).toString(encoding).normalize("NFC");
    // Of hashes, so that the time says nothing of the password's length either.
    return equal(sha256(Buffer.from(text)), right);
  });
  return matches.includes(true);
}
