/**
 * Why a service did not do something, by the keys of its refusals (docs/api.md, docs/registrar-api.md: `reason`, or else
 * `error`). The English sentence is the service's own, but for those that tell programs what to do.
 */
import type { Text, Translation } from "./text.ts";

export const FAULT_WORDS: Readonly<Record<string, Text | Translation>> = {
  // The device and its network.
  busy: [
    "The device is pairing. Wait until that has ended, or cancel it.",
    "Das Gerät verbindet sich gerade. Warten Sie, bis es fertig ist, oder brechen Sie es ab.",
    "Une association est en cours. Attendez sa fin, ou annulez-la.",
  ],
  "bad-pin": ["Eine PIN hat 4 oder 8 Ziffern.", "Un PIN a 4 ou 8 chiffres."],
  "wrong-check-digit": [
    "Die letzte Ziffer der PIN passt nicht zu den anderen: Da ist ein Tippfehler drin.",
    "Le dernier chiffre du PIN ne correspond pas aux autres : il y a une faute de frappe.",
  ],
  "no-hotspot": [
    "Dieses Gerät hat keinen eigenen Hotspot. Er wird in seiner Konfiguration eingerichtet, in der Tabelle [hotspot].",
    "Cet appareil n’a pas de point d’accès à lui. Définissez-en un dans sa configuration, table [hotspot].",
  ],
  "no-network": ["The network’s name is missing.", "Der Name des Netzes fehlt.", "Il manque le nom du réseau."],
  "half-character": [
    "Name oder Passwort enthalten ein halbes Zeichen, das sich nicht schreiben lässt.",
    "Le nom ou le mot de passe contient un demi-caractère, impossible à écrire.",
  ],
  "name-missing": [
    "A password or a static address goes with a network, and its name is missing.",
    "Ein Passwort oder eine feste Adresse gehört zu einem Netz: Dessen Name fehlt.",
    "Un mot de passe ou une adresse fixe va avec un réseau : il manque son nom.",
  ],
  "name-too-long": ["Ein Netzname hat höchstens 32 Bytes.", "Un nom de réseau a 32 octets au plus."],
  "password-length": [
    "Das Passwort muss 8 bis 63 Zeichen haben oder ein Schlüssel aus 64 Hex-Ziffern sein; bei einem offenen Netz bleibt es leer.",
    "Le mot de passe doit avoir 8 à 63 caractères, ou être une clé de 64 chiffres hexadécimaux ; vide pour un réseau ouvert.",
  ],
  "address-form": [
    "Eine Adresse besteht aus vier Zahlen von 0 bis 255 mit Punkten dazwischen.",
    "Une adresse se compose de quatre nombres de 0 à 255 séparés par des points.",
  ],
  "address-missing": [
    "Eine feste Adresse braucht IP-Adresse, Netzmaske, Gateway und DNS-Server; eines davon fehlt.",
    "Une adresse fixe exige adresse IP, masque, passerelle et serveur DNS ; il en manque un.",
  ],
  "no-host-address": [
    "Eine der Adressen kann keinem einzelnen Gerät gehören.",
    "L’une des adresses ne peut pas être celle d’un seul appareil.",
  ],
  "netmask-form": [
    "Die Netzmaske muss aus Einsen und dann Nullen bestehen, wie 255.255.255.0.",
    "Le masque doit se composer de uns, puis de zéros, comme 255.255.255.0.",
  ],
  "netmask-size": [
    "Die Netzmaske lässt keine sinnvolle Zahl von Adressen; meist ist sie 255.255.255.0.",
    "Le masque ne laisse pas un nombre raisonnable d’adresses ; le plus souvent c’est 255.255.255.0.",
  ],
  "network-address": [
    "IP-Adresse oder Gateway ist mit dieser Netzmaske die Adresse des Netzes selbst.",
    "L’adresse IP ou la passerelle est, avec ce masque, l’adresse du réseau lui-même.",
  ],
  "broadcast-address": [
    "IP-Adresse oder Gateway ist mit dieser Netzmaske die Broadcast-Adresse.",
    "L’adresse IP ou la passerelle est, avec ce masque, l’adresse de diffusion.",
  ],
  "gateway-elsewhere": [
    "Das Gateway liegt mit dieser Netzmaske nicht im Netz der IP-Adresse.",
    "Avec ce masque, la passerelle n’est pas dans le réseau de l’adresse IP.",
  ],
  "gateway-own": [
    "Das Gerät kann nicht die Adresse seines Gateways haben.",
    "L’appareil ne peut pas avoir l’adresse de sa passerelle.",
  ],

  // What a service is called, and its password.
  "bad-name": [
    "Der Name darf keine Steuerzeichen enthalten.",
    "Le nom ne doit pas contenir de caractères de contrôle.",
  ],
  "bad-host-name": [
    "Ein Hostname hat 1 bis 31 Buchstaben, Ziffern und Bindestriche, und keinen Bindestrich am Anfang oder Ende.",
    "Un nom d’hôte a 1 à 31 lettres, chiffres et tirets, sans tiret au début ni à la fin.",
  ],
  "bad-password": [
    "Ein Passwort hat höchstens 31 Zeichen, darunter keine Steuerzeichen.",
    "Un mot de passe a 31 caractères au plus, sans caractère de contrôle.",
  ],
  "protection-without-password": [
    "Es gibt kein Passwort, das schützen könnte. Geben Sie gleich eines ein.",
    "Il n’y a pas de mot de passe pour protéger. Saisissez-en un en même temps.",
  ],
  "fixed-by-file": [
    "Das Passwort wurde beim Start des Dienstes in einer Datei festgelegt und lässt sich nur dort ändern.",
    "Le mot de passe a été fixé dans un fichier au démarrage du service et ne se change que là.",
  ],

  // The network that lets devices in.
  overlap: [
    "An mehr als einem Gerät ist die Taste gedrückt, darum ist nicht klar, welches gemeint ist. Zwei Minuten warten, dann nur eine drücken.",
    "La touche est pressée sur plus d’un appareil ; impossible de les distinguer. Attendez deux minutes, puis n’en pressez qu’une.",
  ],
  "all-off": [
    "WPS is switched off as a whole. Switch it on in WPS Setup, at “WPS Global Operational Status”.",
    "WPS ist insgesamt ausgeschaltet. Auf „WPS Setup“ bei „WPS Global Operational Status“ einschalten.",
    "WPS est désactivé partout. Activez-le dans WPS Setup, « WPS Global Operational Status ».",
  ],
  "instance-off": [
    "WPS is switched off for this network. Switch it on in WPS Setup, at “WPS Mode”.",
    "WPS ist für dieses Netz ausgeschaltet. Auf „WPS Setup“ bei „WPS Mode“ einschalten.",
    "WPS est désactivé pour ce réseau. Activez-le dans WPS Setup, « WPS Mode ».",
  ],
  "registrar-off": [
    "The built-in Registrar of this network is off, so nobody lets a device in. Switch it on in WPS Setup, at “WPS Built-in Registrar”.",
    "Der eingebaute Registrar dieses Netzes ist aus, darum lässt niemand ein Gerät herein. Auf „WPS Setup“ bei „WPS Built-in Registrar“ einschalten.",
    "Le registrar intégré de ce réseau est désactivé ; personne n’admet d’appareil. Activez-le dans WPS Setup, « WPS Built-in Registrar ».",
  ],
  "access-point-off": [
    "Am Zugangspunkt selbst ist WPS aus. In seiner eigenen Konfiguration einschalten (hostapd: wps_state=2).",
    "WPS est désactivé sur le point d’accès lui-même. Activez-le dans sa configuration (hostapd : wps_state=2).",
  ],
  "no-shared-key": [
    "Dieses Netz hat keinen gemeinsamen Schlüssel: Jedes Gerät hat seinen eigenen, oder keinen.",
    "Ce réseau n’a pas de clé partagée : chaque appareil a la sienne, ou aucune.",
  ],
  "own-keys": [
    "Hier hat jedes Gerät seinen eigenen Schlüssel; ein externer Registrar würde einen für alle lesen oder setzen. Dafür den Registrar mit --keys shared starten.",
    "Ici chaque appareil a sa propre clé ; un registrar externe en lirait ou en poserait une pour tous. Lancez pour cela le registrar avec --keys shared.",
  ],
  "unknown-request": [
    "Dieses Gerät fragt nicht mehr. Am Gerät noch einmal starten.",
    "Cet appareil ne demande plus. Relancez-le sur l’appareil.",
  ],
  "unknown-device": [
    "This device is not here any more.",
    "Dieses Gerät gibt es hier nicht mehr.",
    "Cet appareil n’est plus ici.",
  ],
  "unknown-instance": [
    "This network is not served any more.",
    "Dieses Netz wird nicht mehr bedient.",
    "Ce réseau n’est plus servi.",
  ],
  "unknown-access-point": [
    "There is no such access point.",
    "Diesen Zugangspunkt gibt es nicht.",
    "Ce point d’accès n’existe pas.",
  ],
  "shared-key": [
    "Das Gerät wurde weggeschickt und steht nicht mehr in der Liste. Es kennt den gemeinsamen Schlüssel noch und kann wiederkommen, bis dieser geändert wird.",
    "L’appareil a été renvoyé et n’est plus dans la liste. Il connaît encore la clé partagée et peut revenir jusqu’à ce qu’elle soit changée.",
  ],

  // Any service.
  "too-many-streams": [
    "This page is open too many times. Close one of them.",
    "Diese Seite ist zu oft offen. Schließen Sie eine davon.",
    "Cette page est ouverte trop de fois. Fermez-en une.",
  ],
  closing: ["Der Dienst wird gerade beendet.", "Le service est en cours d’arrêt."],
};

/** Beginnings of what a service says more of in words that only it has: what a radio or a disk said. */
export const LEADS: Readonly<Record<string, Translation>> = {
  "radio-gone": ["Das Funkteil ist nicht zu erreichen.", "La radio est injoignable."],
  "radio-refused": ["Das Funkteil tat nicht, was es sollte.", "La radio n’a pas obéi."],
  "not-stored": ["Das ließ sich nicht speichern.", "L’enregistrement a échoué."],
  "store-gone": ["Der Datenträger antwortet nicht.", "Le disque ne répond pas."],
  "bad-value": ["Das geht so nicht.", "Cette valeur ne convient pas."],
  internal: ["Im Dienst ging etwas schief.", "Une erreur s’est produite dans le service."],
  unfinished: [
    "Das Gerät steht nicht mehr in der Liste, aber nicht jeder Zugangspunkt weiß davon; es wird weiter versucht.",
    "L’appareil n’est plus dans la liste, mais tous les points d’accès n’ont pas pu être prévenus ; nouvel essai en cours.",
  ],
};
