/** Tells the local network by mDNS (DNS-SD) where a service is: `HOST.local`, `_http._tcp`, TXT `id`. */
import ciao from "@homebridge/ciao";
import type { MacAddress } from "../wsc/address.ts";
import { apiMac } from "./wifi-forms.ts";

export interface Announced {
  /** One label; the service is found as `HOST.local`. */
  readonly hostName: string;
  /** What people call it; empty: its host name. */
  readonly name: string;
  readonly port: number;
  readonly id: MacAddress | null;
}

/** Announces from now on. `close` takes it back, and says goodbye to the network. */
export async function announce({ hostName, name, port, id }: Announced): Promise<{ close(): Promise<void> }> {
  const responder = ciao.getResponder();
  const service = responder.createService({
    name: name === "" ? hostName : name,
    type: "http",
    hostname: hostName,
    port,
    txt: id === null ? {} : { id: apiMac(id) },
  });
  await service.advertise();
  return {
    close: async () => {
      await service.destroy();
      await responder.shutdown();
    },
  };
}
