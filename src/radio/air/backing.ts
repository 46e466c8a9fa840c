/** Who stands behind simulated access points: in the process of their air, or in another one. */
import type { MacAddress } from "../../wsc/address.ts";
import type { EnrolmentDesk, InstanceId } from "../../wsc/eap/conversation.ts";
import type { Secret } from "../../wsc/secret.ts";

export interface Backing {
  /** Where their stations enrol. */
  readonly desk: EnrolmentDesk;
  /** The keys of each station; null: all share those of the access points. */
  readonly keysOf: ((station: MacAddress, instance: InstanceId) => readonly Secret[]) | null;
}
