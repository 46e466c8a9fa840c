/** Where the service keeps what it learns when nobody says where. */
import { homedir } from "node:os";
import { join } from "node:path";

/** The state folder when nobody names one: the system's for root, one's own for everybody else. */
export function defaultState(uid: number | undefined, environment: NodeJS.ProcessEnv): string {
  if (uid === 0) return "/var/lib/openwps";
  const { XDG_STATE_HOME = "" } = environment;
  return join(XDG_STATE_HOME.startsWith("/") ? XDG_STATE_HOME : join(homedir(), ".local", "state"), "openwps");
}
