/** Why the radio does not do as it is told, where more than one part of this backend says so. */
import { RadioError } from "../station-radio.ts";

export function busy(): RadioError {
  return new RadioError(
    "refused",
    "A pairing is under way on this radio.",
    "Wait for its end, or cancel it, and try again.",
  );
}

export function goneAway(): RadioError {
  return new RadioError(
    "gone",
    "wpa_supplicant went away.",
    "Start wpa_supplicant again, for instance with systemctl restart wpa_supplicant.",
  );
}
