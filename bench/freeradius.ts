/** Debian's FreeRADIUS, with the keys of devices in a file of its module `files` and nothing else switched on. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../test/interop/hostapd.ts";
import { Program } from "../test/interop/program.ts";
import { benchSecret, stationOf } from "./radius-load.ts";

export class FreeRadius {
  readonly port: number;
  readonly #folder: string;
  readonly #program: Program;

  private constructor(folder: string, port: number, program: Program) {
    this.#folder = folder;
    this.port = port;
    this.#program = program;
  }

  /** One thread, so that it is one core of each that is compared. */
  static async start(devices: number): Promise<FreeRadius> {
    const folder = await mkdtemp(join(tmpdir(), "openwps-freeradius-"));
    const port = await freePort();
    // Each answer is signed as ours are.
    const users = Array.from({ length: devices }, (_, number) => {
      const key = number.toString(16).padStart(64, "0");
      return `${stationOf(number).replaceAll(":", "")} Auth-Type := Accept\n\tTunnel-Password:0 = "${key}", Message-Authenticator = 0x00\n`;
    });
    await writeFile(join(folder, "users"), users.join(""));
    await writeFile(join(folder, "radiusd.conf"), settings(folder, port));
    const program = new Program("freeradius", ["-d", folder, "-f", "-s", "-l", "stdout"]);
    const freeRadius = new FreeRadius(folder, port, program);
    try {
      await program.says("Ready to process requests");
    } catch (trouble) {
      await freeRadius.stop();
      throw trouble;
    }
    return freeRadius;
  }

  get pid(): number {
    return this.#program.pid;
  }

  async stop(): Promise<void> {
    await this.#program.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function settings(folder: string, port: number): string {
  return `
prefix = /usr
libdir = /usr/lib/freeradius
logdir = ${folder}
raddbdir = ${folder}
db_dir = ${folder}
run_dir = ${folder}
pidfile = ${folder}/pid
max_request_time = 30
cleanup_delay = 0
max_requests = 65536
hostname_lookups = no
security {
  reject_delay = 0
  status_server = no
}
client bench {
  ipaddr = 127.0.0.1
  secret = "${benchSecret}"
  require_message_authenticator = yes
}
modules {
  files {
    filename = ${folder}/users
  }
}
server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = ${port}
  }
  authorize {
    files
  }
}
`;
}
