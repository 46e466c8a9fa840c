/** The contract of an access point, kept by hostapd on the air. */
import { proveHostapd } from "../hostapd-contract.ts";

proveHostapd("hostapd", (ifname) => ifname);
