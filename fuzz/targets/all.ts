/** All targets there are. */
import type { Target } from "../target.ts";
import { attributeTargets } from "./attributes.ts";
import { captureTargets } from "./captures.ts";
import { endTarget } from "./ends.ts";
import { hostapdTargets } from "./hostapd.ts";
import { machineTarget } from "./machines.ts";
import { packetTargets } from "./packets.ts";
import { runTarget } from "./runs.ts";
import { textTargets } from "./texts.ts";
import { upnpTargets } from "./upnp.ts";
import { upnpDeviceTarget } from "./upnp-device.ts";

export const targets: readonly Target[] = [
  ...attributeTargets,
  ...packetTargets,
  ...textTargets,
  ...hostapdTargets,
  ...captureTargets,
  ...upnpTargets,
  upnpDeviceTarget,
  machineTarget,
  endTarget,
  runTarget,
];
