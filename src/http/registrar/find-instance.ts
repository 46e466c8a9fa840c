/** The instance that an address names. */

import type { ServedInstance } from "../../registrar/served-instance.ts";
import type { RegistrarService } from "../../registrar/service.ts";
import { Type } from "../../schema/type.ts";
import { refuse } from "../errors.ts";
import { macIn } from "./forms.ts";

export const instancesPath = "/api/v1/wps/instances";

export const OfInstance = Type.Object({ id: Type.String({ description: "Its BSSID, in any spelling" }) });

/** null: there is none. */
export function findInstance(service: RegistrarService, id: string): ServedInstance | null {
  const bssid = macIn(id);
  return bssid === null ? null : service.instance(bssid);
}

/** Answers to an address that names none. */
export function refuseUnknownInstance<R extends Parameters<typeof refuse>[0]>(reply: R): R {
  return refuse(reply, "unknown-instance", `There is no such instance; GET ${instancesPath} lists them.`);
}
