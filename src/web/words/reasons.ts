/**
 * Why a pairing ended, in each language: what happened, and what to do next. The keys and the English words are the
 * service's own (src/station/reasons.ts); a test holds them together.
 */
import type { PairingBody } from "../service/bodies.ts";
import type { Text } from "./text.ts";
import { language, pick } from "./words.ts";

interface Reason {
  readonly sentence: Text;
  readonly hint: Text;
}

const reason = (sentence: Text, hint: Text): Reason => ({ sentence, hint });

export const REASON_WORDS: Readonly<Record<string, Reason>> = {
  "no-access-point": reason(
    [
      "No access point with WPS switched on was in sight.",
      "Kein Router mit eingeschaltetem WPS war in Reichweite.",
      "Aucune box avec WPS activé n’était à portée.",
    ],
    [
      "Switch WPS on at the router, or bring the device nearer to it, then pair again.",
      "WPS am Router einschalten oder das Gerät näher heranbringen, dann neu verbinden.",
      "Activez WPS sur la box ou rapprochez l’appareil, puis recommencez.",
    ],
  ),
  "only-wpa3": reason(
    [
      "No access point with WPS was in sight; the nearest one is WPA3 only, and WPS cannot hand out a WPA3 password.",
      "Kein Router mit WPS war in Reichweite; der nächste kann nur WPA3, und WPS kann kein WPA3-Passwort ausgeben.",
      "Aucune box avec WPS n’était à portée ; la plus proche est en WPA3 seul, et WPS ne peut pas transmettre un mot de passe WPA3.",
    ],
    [
      "Set the router to WPA2/WPA3 mixed mode, or enter name and password of the network by hand.",
      "Den Router auf WPA2/WPA3 gemischt stellen oder Name und Passwort des Netzes von Hand eingeben.",
      "Réglez la box sur WPA2/WPA3 mixte, ou saisissez à la main le nom et le mot de passe du réseau.",
    ],
  ),
  "chosen-access-point-not-in-sight": reason(
    [
      "The access point that was asked for was not in sight.",
      "Der gewählte Router war nicht in Reichweite.",
      "La box demandée n’était pas à portée.",
    ],
    [
      "Check its address (BSSID), or pair without naming an access point.",
      "Seine Adresse (BSSID) prüfen oder ohne Auswahl verbinden.",
      "Vérifiez son adresse (BSSID), ou associez sans choisir de box.",
    ],
  ),
  "no-button-pressed": reason(
    [
      "An access point with WPS was in sight, but nobody pressed its WPS button within the two minutes.",
      "Ein Router mit WPS war in Reichweite, aber niemand drückte in den zwei Minuten seine WPS-Taste.",
      "Une box avec WPS était à portée, mais personne n’a appuyé sur sa touche WPS dans les deux minutes.",
    ],
    [
      "Press the WPS button of the router within two minutes of starting the pairing.",
      "Die WPS-Taste des Routers innerhalb von zwei Minuten nach dem Start drücken.",
      "Appuyez sur la touche WPS de la box dans les deux minutes après le démarrage.",
    ],
  ),
  "no-pin-entered": reason(
    [
      "An access point with WPS was in sight, but did not expect this device's PIN within the two minutes.",
      "Ein Router mit WPS war in Reichweite, erwartete aber in den zwei Minuten die PIN dieses Geräts nicht.",
      "Une box avec WPS était à portée, mais n’attendait pas le PIN de cet appareil dans les deux minutes.",
    ],
    [
      "Enter the device's PIN at the router, on its WPS page, within two minutes of starting the pairing.",
      "Die PIN des Geräts innerhalb von zwei Minuten nach dem Start auf der WPS-Seite des Routers eingeben.",
      "Saisissez le PIN de l’appareil sur la page WPS de la box dans les deux minutes après le démarrage.",
    ],
  ),
  "not-finished": reason(
    [
      "An access point was ready, but the exchange with it was not finished within the two minutes.",
      "Ein Router war bereit, aber der Austausch mit ihm wurde in den zwei Minuten nicht fertig.",
      "Une box était prête, mais l’échange ne s’est pas terminé dans les deux minutes.",
    ],
    [
      "Bring the device nearer to the router and pair again.",
      "Das Gerät näher an den Router bringen und neu verbinden.",
      "Rapprochez l’appareil de la box et recommencez.",
    ],
  ),
  timeout: reason(
    [
      "Nothing came of it within the two minutes.",
      "In den zwei Minuten kam nichts zustande.",
      "Rien n’a abouti dans les deux minutes.",
    ],
    [
      "Check that WPS is switched on at the router, press its WPS button, and pair again.",
      "Prüfen, ob WPS am Router an ist, seine WPS-Taste drücken und neu verbinden.",
      "Vérifiez que WPS est activé sur la box, appuyez sur sa touche WPS et recommencez.",
    ],
  ),
  overlap: reason(
    [
      "Two access points had their WPS button pressed at the same time, so none could be trusted.",
      "An zwei Routern war gleichzeitig die WPS-Taste gedrückt, darum war keinem zu trauen.",
      "La touche WPS était enfoncée sur deux box en même temps ; aucune n’était sûre.",
    ],
    [
      "Wait two minutes, press the button of one router only, and pair again.",
      "Zwei Minuten warten, nur an einem Router die Taste drücken und neu verbinden.",
      "Attendez deux minutes, appuyez sur la touche d’une seule box et recommencez.",
    ],
  ),
  "wrong-pin": reason(
    [
      "The access point was given another PIN than this device has.",
      "Der Router hat eine andere PIN bekommen, als dieses Gerät hat.",
      "La box a reçu un autre PIN que celui de cet appareil.",
    ],
    [
      "Compare the PINs, enter this device's PIN at the router again, and pair again.",
      "Die PINs vergleichen, die PIN dieses Geräts noch einmal am Router eingeben und neu verbinden.",
      "Comparez les PIN, saisissez à nouveau celui de cet appareil sur la box et recommencez.",
    ],
  ),
  "setup-locked": reason(
    [
      "The access point has locked WPS, as routers do after several wrong PINs.",
      "Der Router hat WPS gesperrt, wie es nach mehreren falschen PINs geschieht.",
      "La box a verrouillé WPS, comme après plusieurs PIN incorrects.",
    ],
    [
      "Wait a few minutes or restart the router, then pair again.",
      "Ein paar Minuten warten oder den Router neu starten, dann neu verbinden.",
      "Attendez quelques minutes ou redémarrez la box, puis recommencez.",
    ],
  ),
  "access-point-busy": reason(
    [
      "The access point was busy with another device.",
      "Der Router war mit einem anderen Gerät beschäftigt.",
      "La box était occupée avec un autre appareil.",
    ],
    [
      "Wait two minutes and pair again.",
      "Zwei Minuten warten und neu verbinden.",
      "Attendez deux minutes et recommencez.",
    ],
  ),
  refused: reason(
    [
      "The access point refused to let this device in.",
      "Der Router hat dieses Gerät abgewiesen.",
      "La box a refusé cet appareil.",
    ],
    [
      "Press the WPS button of the router again and pair again; if that fails too, restart the router.",
      "Die WPS-Taste des Routers noch einmal drücken und neu verbinden; hilft das nicht, den Router neu starten.",
      "Appuyez à nouveau sur la touche WPS et recommencez ; si cela échoue encore, redémarrez la box.",
    ],
  ),
  broken: reason(
    [
      "The exchange with the access point broke off.",
      "Der Austausch mit dem Router ist abgebrochen.",
      "L’échange avec la box a été interrompu.",
    ],
    [
      "Bring the device nearer to the router and pair again.",
      "Das Gerät näher an den Router bringen und neu verbinden.",
      "Rapprochez l’appareil de la box et recommencez.",
    ],
  ),
  "no-usable-network": reason(
    [
      "The access point handed out no network that this device can join, such as an old WEP network.",
      "Der Router gab kein Netz aus, dem dieses Gerät beitreten kann, sondern etwa ein altes WEP-Netz.",
      "La box n’a transmis aucun réseau utilisable par cet appareil, un vieux réseau WEP par exemple.",
    ],
    [
      "Set the router to WPA2, or to WPA2/WPA3 mixed mode, and pair again.",
      "Den Router auf WPA2 oder WPA2/WPA3 gemischt stellen und neu verbinden.",
      "Réglez la box sur WPA2 ou WPA2/WPA3 mixte et recommencez.",
    ],
  ),
  "wrong-key": reason(
    [
      "The access point handed out a password and then did not accept it.",
      "Der Router gab ein Passwort aus und nahm es dann nicht an.",
      "La box a transmis un mot de passe puis l’a refusé.",
    ],
    [
      "Restart the router and pair again; if that fails too, enter its password by hand.",
      "Den Router neu starten und neu verbinden; hilft das nicht, sein Passwort von Hand eingeben.",
      "Redémarrez la box et recommencez ; si cela échoue encore, saisissez son mot de passe à la main.",
    ],
  ),
  "network-not-found": reason(
    [
      "The network that the access point named is not in sight.",
      "Das Netz, das der Router nannte, ist nicht in Reichweite.",
      "Le réseau indiqué par la box n’est pas à portée.",
    ],
    [
      "Check that this network is switched on at the router, bring the device nearer, and pair again.",
      "Prüfen, ob dieses Netz am Router an ist, das Gerät näher bringen und neu verbinden.",
      "Vérifiez que ce réseau est activé sur la box, rapprochez l’appareil et recommencez.",
    ],
  ),
  rejected: reason(
    [
      "The access point handed out its password, but did not let the device in with it.",
      "Der Router gab sein Passwort aus, ließ das Gerät damit aber nicht herein.",
      "La box a transmis son mot de passe, mais n’a pas laissé entrer l’appareil.",
    ],
    [
      "Check the router's list of blocked or allowed devices, and pair again.",
      "Die Liste gesperrter oder erlaubter Geräte am Router prüfen und neu verbinden.",
      "Vérifiez la liste des appareils bloqués ou autorisés sur la box et recommencez.",
    ],
  ),
  "not-connected": reason(
    [
      "The access point handed out its password, but no connection came about.",
      "Der Router gab sein Passwort aus, aber es kam keine Verbindung zustande.",
      "La box a transmis son mot de passe, mais la connexion ne s’est pas faite.",
    ],
    [
      "Bring the device nearer to the router and pair again.",
      "Das Gerät näher an den Router bringen und neu verbinden.",
      "Rapprochez l’appareil de la box et recommencez.",
    ],
  ),
  "no-address": reason(
    [
      "The device was connected, but was given no IP address.",
      "Das Gerät war verbunden, bekam aber keine IP-Adresse.",
      "L’appareil était connecté, mais n’a pas reçu d’adresse IP.",
    ],
    [
      "Check that the router's DHCP server is on and that this device runs a DHCP client, then pair again.",
      "Prüfen, ob der DHCP-Server des Routers an ist und dieses Gerät einen DHCP-Client hat, dann neu verbinden.",
      "Vérifiez que le serveur DHCP de la box est actif et que l’appareil a un client DHCP, puis recommencez.",
    ],
  ),
  "address-command-failed": reason(
    [
      "The device was connected, but the command that should bring an IP address failed.",
      "Das Gerät war verbunden, aber der Befehl, der eine IP-Adresse holen soll, schlug fehl.",
      "L’appareil était connecté, mais la commande qui obtient une adresse IP a échoué.",
    ],
    [
      "Run the command of the setting `address` by hand to see what it says, then pair again.",
      "Den Befehl der Einstellung `address` von Hand ausführen, um zu sehen, was er sagt, dann neu verbinden.",
      "Exécutez à la main la commande du réglage `address` pour voir ce qu’elle dit, puis recommencez.",
    ],
  ),
  "radio-gone": reason(
    [
      "The device's Wi-Fi radio went away while the pairing was under way.",
      "Das WLAN-Funkteil des Geräts ging währenddessen verloren.",
      "La radio Wi-Fi de l’appareil a disparu pendant l’association.",
    ],
    [
      "Check that the radio is plugged in and its service is running, then pair again.",
      "Prüfen, ob das Funkteil steckt und sein Dienst läuft, dann neu verbinden.",
      "Vérifiez que la radio est branchée et que son service tourne, puis recommencez.",
    ],
  ),
  "radio-refused": reason(
    [
      "The device's Wi-Fi radio did not do as it was told.",
      "Das WLAN-Funkteil des Geräts tat nicht, was es sollte.",
      "La radio Wi-Fi de l’appareil n’a pas obéi.",
    ],
    [
      "Look into the log of what drives the radio, such as wpa_supplicant's, and pair again.",
      "Ins Log dessen schauen, was das Funkteil steuert, etwa wpa_supplicant, und neu verbinden.",
      "Consultez le journal du pilote de la radio, celui de wpa_supplicant par exemple, et recommencez.",
    ],
  ),
  "not-stored": reason(
    [
      "The device was connected, but could not store the network, so it went back to what it was before.",
      "Das Gerät war verbunden, konnte das Netz aber nicht speichern und ist darum wieder wie zuvor.",
      "L’appareil était connecté, mais n’a pas pu enregistrer le réseau ; il est revenu à l’état précédent.",
    ],
    [
      "Make room in the device's state folder, then pair again.",
      "Platz im Statusordner des Geräts schaffen, dann neu verbinden.",
      "Libérez de la place dans le dossier d’état de l’appareil, puis recommencez.",
    ],
  ),
  interrupted: reason(
    [
      "The device lost power, or its service was killed, while the pairing was under way.",
      "Das Gerät verlor währenddessen den Strom, oder sein Dienst wurde beendet.",
      "L’appareil a perdu l’alimentation, ou son service a été tué, pendant l’association.",
    ],
    ["Pair again.", "Neu verbinden.", "Recommencez."],
  ),
  stopped: reason(
    [
      "The device's service was stopped while the pairing was under way.",
      "Der Dienst des Geräts wurde währenddessen angehalten.",
      "Le service de l’appareil a été arrêté pendant l’association.",
    ],
    ["Pair again.", "Neu verbinden.", "Recommencez."],
  ),
  cancelled: reason(
    ["The pairing was cancelled.", "Der Vorgang wurde abgebrochen.", "L’association a été annulée."],
    ["Pair again when you are ready.", "Neu verbinden, wenn Sie so weit sind.", "Recommencez quand vous voulez."],
  ),
  internal: reason(
    [
      "Something went wrong within the device's service.",
      "Im Dienst des Geräts ging etwas schief.",
      "Une erreur s’est produite dans le service de l’appareil.",
    ],
    [
      "Pair again; if that fails too, look at the service's log and report what it says.",
      "Neu verbinden; hilft das nicht, ins Log des Dienstes schauen und melden, was dort steht.",
      "Recommencez ; si cela échoue encore, consultez le journal du service et signalez ce qu’il dit.",
    ],
  ),
};

const unknown: Text = ["It did not work.", "Es hat nicht geklappt.", "Cela n’a pas fonctionné."];

/** What happened. */
export function sentenceOf(pairing: PairingBody): string {
  return pick(wordsOf(pairing)?.sentence ?? unknown);
}

/** Hints that belong to no reason. */
export const HINT_WORDS = {
  "over-ethernet": [
    "Pairing over Ethernet is not recommended for optimal performance: unplug the network cable, or use the device's button.",
    "Über das Netzwerkkabel verbindet es sich nicht am besten: Kabel abziehen oder die Taste am Gerät benutzen.",
    "Par le câble réseau, l’association n’est pas optimale : débranchez-le ou utilisez la touche de l’appareil.",
  ],
} as const satisfies Record<string, Text>;

/** What to do next; the service's own words where it has others than usual, if only in English. Empty: nothing. */
export function hintOf(pairing: PairingBody): string {
  const { hint, hintKey } = pairing;
  if (language() === "en" && hint !== null) return hint;
  const key = hintKey ?? "";
  const words = REASON_WORDS[key]?.hint ?? wordsOf(pairing)?.hint;
  return words === undefined ? (hint ?? "") : pick(words);
}

/** The same while it searches, when there is something to do anyway. */
export function hintBeside(usual: string, pairing: PairingBody): string {
  switch (pairing.hintKey) {
    case null:
    case "no-button-pressed":
    case "no-pin-entered":
      return usual;
    case "over-ethernet":
      return `${usual} ${pick(HINT_WORDS[pairing.hintKey])}`;
    default:
      return hintOf(pairing);
  }
}

/** A cancel that has nothing more to say comes without a reason. */
function wordsOf({ reason: key, result }: PairingBody): Reason | undefined {
  return REASON_WORDS[key ?? (result === "cancelled" ? result : "")];
}
