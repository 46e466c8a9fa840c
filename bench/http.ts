/**
 * Requests of the device's API per second, with and without a password, beside a bare `node:http` server, round by round
 * in turn. What was measured last, and what it means, is in README.md.
 *
 *   node scripts/run-typescript.mjs bench/http.ts [--requests N] [--rounds N]
 */
import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { cpus } from "node:os";
import { join } from "node:path";
import { toolOptions } from "../scripts/tool-options.ts";
import { paintFor } from "../src/cli/terminal.ts";
import { type Challenge, challengesOf } from "../test/http/digest-client.ts";

const { requests, rounds } = toolOptions({ requests: 3_000, rounds: 7 });
/** Clients at a time, each with a connection that stays open. */
const clients = 8;

const paint = paintFor(process.stdout);
const [cpu] = cpus();
console.log(`${paint("bold", "openwps bench: HTTP")}   ${new Date().toISOString().slice(0, 10)}
${cpu?.model ?? "unknown processor"}, ${cpus().length} cores; Node ${process.versions.node}
CPU time of the server, medians of ${rounds} rounds of ${requests} requests, ${clients} at a time, the servers in turn.`);

interface Asked {
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body: string;
  readonly status: number;
}
const system = { name: "GET /api/v1/system", method: "GET", path: "/api/v1/system", body: "", status: 200 } as const;
const session = { ...system, name: "GET /api/v1/wifi/wps", path: "/api/v1/wifi/wps" } as const;
const start = {
  ...session,
  name: "POST /api/v1/wifi/wps",
  method: "POST",
  body: '{"method":"pbc"}',
  status: 409,
} as const;

const kinds = ["bare", "open", "protected"] as const;
const titles = { bare: "node:http, bare", open: "openwps", protected: "openwps, with Digest" };
const servers = await Promise.all(kinds.map(startServer));
try {
  for (const asked of [system, session, start] as readonly Asked[]) {
    const samples = servers.map((): number[] => []);
    for (const server of servers) await server.load(asked);
    for (let round = 0; round < rounds; round++)
      for (const [i, server] of servers.entries()) samples[i]?.push(await server.load(asked));
    const medians = samples.map((all) => all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0);
    const columns = ["per second", "µs of CPU", "beside node:http"].map((column) => column.padStart(17)).join("");
    console.log(`\n${paint("bold", asked.name.padEnd(22))}${paint("dim", columns)}`);
    for (const [i, kind] of kinds.entries()) {
      const micros = medians[i] ?? 0;
      const cells = [
        Math.round(1e6 / micros).toLocaleString("en-US"),
        micros.toFixed(0),
        (micros / (medians[0] ?? 1)).toFixed(2),
      ];
      console.log(`${titles[kind].padEnd(22)}${cells.map((cell) => cell.padStart(17)).join("")}`);
    }
  }
} finally {
  for (const server of servers) server.stop();
}

/** Starts a server, and gives what puts load on it. */
async function startServer(kind: (typeof kinds)[number]) {
  const child = fork(join(import.meta.dirname, "http-server.js"), [kind]);
  const [port] = (await once(child, "message")) as [number];
  return {
    /** Microseconds of the server's CPU for each request. */
    load: async (asked: Asked) => {
      const before = await cpuMicros(child);
      const share = Math.ceil(requests / clients);
      await Promise.all(Array.from({ length: clients }, () => client(port, asked, share, kind === "protected")));
      return ((await cpuMicros(child)) - before) / (share * clients);
    },
    stop: () => child.kill(),
  };
}

async function cpuMicros(child: ChildProcess): Promise<number> {
  child.send("how much?");
  const [{ user, system }] = (await once(child, "message")) as [NodeJS.CpuUsage];
  return user + system;
}

/** So many requests one after the other; throws when one is answered otherwise than expected. */
async function client(port: number, asked: Asked, count: number, withPassword: boolean): Promise<void> {
  const challenge = withPassword ? challengesOf(await fetch(`http://127.0.0.1:${port}/`))[0] : undefined;
  const authorization = challenge === undefined ? () => "" : digestOf(challenge, asked);
  const { method, path, body, status } = asked;
  const length = body === "" ? "" : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  let text = "";
  let answered = () => {};
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
    const end = text.indexOf("\r\n\r\n");
    if (end < 0 || text.length < end + 4 + Number(/^content-length: (\d+)/im.exec(text)?.[1])) return;
    answered();
  });
  for (let nc = 1; nc <= count; nc++) {
    text = "";
    const answer = new Promise<void>((resolve) => {
      answered = resolve;
    });
    socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${authorization(nc)}${length}\r\n${body}`);
    await answer;
    if (!text.startsWith(`HTTP/1.1 ${status} `)) throw new Error(text);
  }
  socket.destroy();
}

/** The header for each count; what does not change is hashed once, as clients do. */
function digestOf({ realm, nonce, opaque }: Challenge, { method, path }: Asked): (nc: number) => string {
  const md5 = (text: string) => createHash("md5").update(text).digest("hex");
  const cnonce = "0a4f113b";
  const ha1 = md5(`${md5(`:${realm}:correct horse`)}:${nonce}:${cnonce}`);
  const ha2 = md5(`${method}:${path}`);
  return (count) => {
    const nc = count.toString(16).padStart(8, "0");
    const response = md5(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}`);
    return `Authorization: Digest username="", realm="${realm}", nonce="${nonce}", uri="${path}", algorithm=MD5-sess, opaque="${opaque}", qop=auth, nc=${nc}, cnonce="${cnonce}", response="${response}"\r\n`;
  };
}
