/** What people and access points did, by the key of its entry (docs/registrar-api.md, "activity"). */
import type { Text } from "./text.ts";

export const ACTIONS: Readonly<Record<string, Text>> = {
  "window-opened": ["Opened for a device", "Für ein Gerät geöffnet", "Ouvert pour un appareil"],
  "window-closed": ["Closed again", "Wieder geschlossen", "Refermé"],
  overlap: [
    "Two buttons at once: nobody was let in",
    "Zwei Tasten zugleich: niemand kam herein",
    "Deux touches à la fois : personne n’est entré",
  ],
  "button-pressed-there": [
    "Button pressed at the access point",
    "Taste am Zugangspunkt gedrückt",
    "Touche pressée sur le point d’accès",
  ],
  "request-admitted": [
    "A device that asked was admitted",
    "Ein wartendes Gerät zugelassen",
    "Un appareil en attente admis",
  ],
  "device-renamed": ["A device was given a name", "Ein Gerät benannt", "Un appareil renommé"],
  "device-revoked": ["A device was sent away", "Ein Gerät weggeschickt", "Un appareil renvoyé"],
  "revocation-unfinished": [
    "A key could not be taken back everywhere yet; it is tried again",
    "Ein Schlüssel ist noch nicht überall zurückgenommen; es wird weiter versucht",
    "Une clé n’est pas encore retirée partout ; nouvel essai en cours",
  ],
  "key-shown": [
    "Somebody looked at the shared key",
    "Jemand sah den gemeinsamen Schlüssel an",
    "Quelqu’un a consulté la clé partagée",
  ],
  "settings-changed": ["Settings changed", "Einstellungen geändert", "Réglages modifiés"],
  "radio-restarted": ["The radio was restarted", "Das Funkmodul neu gestartet", "La radio a été redémarrée"],
  "enrolment-failed-there": [
    "The access point turned a device away",
    "Der Zugangspunkt wies ein Gerät ab",
    "Le point d’accès a refusé un appareil",
  ],
  "device-pin-enabled": ["Device PIN switched on", "Geräte-PIN eingeschaltet", "PIN de l’appareil activé"],
  "device-pin-disabled": ["Device PIN taken away", "Geräte-PIN zurückgenommen", "PIN de l’appareil retiré"],
  "setup-locked": ["Locked after wrong PINs", "Nach falschen PINs gesperrt", "Verrouillé après des PIN incorrects"],
  "registrar-selected": [
    "A Registrar on the network expects a device",
    "Ein Registrar im Netz erwartet ein Gerät",
    "Un registrar du réseau attend un appareil",
  ],
  "registrar-unselected": [
    "A Registrar on the network expects no device any more",
    "Ein Registrar im Netz erwartet kein Gerät mehr",
    "Un registrar du réseau n’attend plus d’appareil",
  ],
  "setup-unlocked": ["Unlocked", "Entsperrt", "Déverrouillé"],
};

/** What there is to say besides, by the keys of an entry. */
export const DETAILS: Readonly<Record<string, Text>> = {
  pushButton: ["by push button", "per Taste", "par touche"],
  pin: ["by PIN", "per PIN", "par PIN"],
  enrolled: ["a device came in", "ein Gerät kam herein", "un appareil est entré"],
  credentialGiven: ["a device was given its key", "ein Gerät bekam seinen Schlüssel", "un appareil a reçu sa clé"],
  timeout: ["the two minutes were over", "die Zeit war um", "temps écoulé"],
  stopped: [
    "by hand, or for another one",
    "von Hand, oder eine andere Öffnung trat an ihre Stelle",
    "à la main, ou remplacé par une autre ouverture",
  ],
  pinExposed: ["half of the PIN became known", "die halbe PIN ist bekannt geworden", "la moitié du PIN a été révélée"],
  pinSpent: ["too many tries with this PIN", "zu viele Versuche mit dieser PIN", "trop d’essais avec ce PIN"],
  wrongPin: ["the PIN was wrong", "die PIN war falsch", "le PIN était incorrect"],
  forGood: ["until it is taken away", "bis sie zurückgenommen wird", "jusqu’à son retrait"],
  forATime: ["for a limited time", "für eine Zeit", "pour un temps"],
  untilUnlocked: ["until a person unlocks it", "bis jemand entsperrt", "jusqu’au déverrouillage"],
  expired: ["its time was over", "ihre Zeit war um", "temps écoulé"],
  withdrawn: ["by hand", "von Hand", "à la main"],
  byAPerson: ["by a person", "von Hand", "à la main"],
  byTime: ["its time was over", "nach Ablauf der Zeit", "après un temps"],
  deviceName: ["WPS Device Name", "WPS Device Name", "WPS Device Name"],
  enabled: ["WPS on or off", "WPS an oder aus", "WPS activé ou désactivé"],
  builtInRegistrar: ["WPS Built-in Registrar", "WPS Built-in Registrar", "WPS Built-in Registrar"],
  configured: ["Configured", "Configured", "Configured"],
  unconfigured: ["Unconfigured", "Unconfigured", "Unconfigured"],
  disabled: ["WPS off", "WPS aus", "WPS désactivé"],
  broughtAgain: [
    "brought again after it was started anew",
    "nach einem Neustart des Zugangspunkts erneut",
    "à nouveau, après un redémarrage du point d’accès",
  ],
};
