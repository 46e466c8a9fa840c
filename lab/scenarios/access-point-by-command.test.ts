/** The contract of an access point, kept by hostapd on the air when a command reaches it, as ssh would. */
import { proveHostapd } from "../hostapd-contract.ts";

proveHostapd("hostapd by a command", (ifname) => ["hostapd_cli", "-p", "/run/hostapd", "-i", ifname]);
