/** What people and access points did, by the key of its entry (docs/registrar-api.md, "activity"). */
import type { Text, Translation } from "./text.ts";

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
export const DETAILS: Readonly<Record<string, Translation>> = {
  pushButton: ["per Taste", "par touche"],
  pin: ["per PIN", "par PIN"],
  enrolled: ["ein Gerät kam herein", "un appareil est entré"],
  credentialGiven: ["ein Gerät bekam seinen Schlüssel", "un appareil a reçu sa clé"],
  timeout: ["die Zeit war um", "temps écoulé"],
  stopped: ["von Hand, oder eine andere Öffnung trat an ihre Stelle", "à la main, ou remplacé par une autre ouverture"],
  pinExposed: ["die halbe PIN ist bekannt geworden", "la moitié du PIN a été révélée"],
  pinSpent: ["zu viele Versuche mit dieser PIN", "trop d’essais avec ce PIN"],
  wrongPin: ["die PIN war falsch", "le PIN était incorrect"],
  forGood: ["bis sie zurückgenommen wird", "jusqu’à son retrait"],
  forATime: ["für eine Zeit", "pour un temps"],
  untilUnlocked: ["bis jemand entsperrt", "jusqu’au déverrouillage"],
  expired: ["ihre Zeit war um", "temps écoulé"],
  withdrawn: ["von Hand", "à la main"],
  byAPerson: ["von Hand", "à la main"],
  byTime: ["nach Ablauf der Zeit", "après un temps"],
  deviceName: ["WPS Device Name", "WPS Device Name"],
  enabled: ["WPS an oder aus", "WPS activé ou désactivé"],
  builtInRegistrar: ["WPS Built-in Registrar", "WPS Built-in Registrar"],
  configured: ["Configured", "Configured"],
  unconfigured: ["Unconfigured", "Unconfigured"],
  disabled: ["WPS aus", "WPS désactivé"],
  broughtAgain: ["nach einem Neustart des Zugangspunkts erneut", "à nouveau, après un redémarrage du point d’accès"],
};
