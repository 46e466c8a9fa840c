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
    "Un registraire du réseau attend un appareil",
  ],
  "registrar-unselected": [
    "A Registrar on the network expects nobody any more",
    "Ein Registrar im Netz erwartet niemanden mehr",
    "Un registraire du réseau n’attend plus personne",
  ],
  "setup-unlocked": ["Unlocked", "Entsperrt", "Déverrouillé"],
};
