/**
 * What in an access point's settings speaks against WPS, by the keys of findings (docs/registrar-api.md). The English
 * sentences are the service's own. Here are those that it finds without a configuration file, which it does not read.
 */
import type { Translation } from "./text.ts";

interface FindingWords {
  readonly sentence: Translation;
  readonly hint: Translation;
}

const wpa2: Translation = [
  "WPA2 nehmen: wpa=2, wpa_key_mgmt=WPA-PSK, rsn_pairwise=CCMP.",
  "Utilisez WPA2 : wpa=2, wpa_key_mgmt=WPA-PSK, rsn_pairwise=CCMP.",
];

export const FINDING_WORDS: Readonly<Record<string, FindingWords>> = {
  off: {
    sentence: ["Das Funkteil ist ausgeschaltet.", "La radio est éteinte."],
    hint: ["Einschalten: hostapd_cli enable.", "Allumez-la : hostapd_cli enable."],
  },
  "wps-off": {
    sentence: ["WPS ist aus.", "WPS est désactivé."],
    hint: [
      "wps_state=2 in die Konfiguration von hostapd schreiben. Steht es dort schon, sagt ein anderer Befund, warum hostapd es übergeht.",
      "Mettez wps_state=2 dans la configuration de hostapd. S’il y est déjà, un autre constat dit pourquoi hostapd l’ignore.",
    ],
  },
  wep: {
    sentence: [
      "Das Netz ist mit WEP geschützt, damit geht WPS nicht.",
      "Le réseau est protégé par WEP, sans WPS possible.",
    ],
    hint: wpa2,
  },
  "tkip-only": {
    sentence: [
      "Das Netz bietet nur TKIP, und hostapd schaltet WPS dann ab.",
      "Le réseau n’offre que TKIP, et hostapd coupe alors WPS.",
    ],
    hint: [
      "wpa=2 und rsn_pairwise=CCMP setzen; ohne Letzteres nimmt hostapd TKIP.",
      "Mettez wpa=2 et rsn_pairwise=CCMP ; sans ce dernier hostapd prend TKIP.",
    ],
  },
  "wpa3-only": {
    sentence: [
      "Das Netz nimmt nur WPA3, und WPS kann dafür keinen Schlüssel ausgeben.",
      "Le réseau n’accepte que WPA3, et WPS ne peut pas donner de clé pour cela.",
    ],
    hint: [
      "wpa_key_mgmt=WPA-PSK SAE und ieee80211w=1 setzen, dann kommen beide Arten von Geräten herein.",
      "Mettez wpa_key_mgmt=WPA-PSK SAE et ieee80211w=1, pour que les deux sortes d’appareils entrent.",
    ],
  },
  enterprise: {
    sentence: [
      "Im Netz hat jeder sein eigenes Konto (WPA-Enterprise); WPS kann keines ausgeben.",
      "Chacun a son propre compte sur ce réseau (WPA-Enterprise) ; WPS ne peut pas en donner.",
    ],
    hint: [
      "Den Geräten ein eigenes Netz mit wpa_key_mgmt=WPA-PSK geben.",
      "Donnez aux appareils un réseau à eux avec wpa_key_mgmt=WPA-PSK.",
    ],
  },
  "own-registrar": {
    sentence: [
      "hostapd antwortet Geräten mit seinem eigenen Registrar. Der gibt allen denselben Schlüssel und nennt weder Nachrichten noch Versuche noch Sperren.",
      "hostapd répond aux appareils par son propre registrar. Il donne à tous la même clé et ne dit rien des messages, essais ou verrous.",
    ],
    hint: [
      "Damit openwps antwortet: eap_server=0, dazu Adresse und Geheimnis als auth_server_addr, auth_server_port und auth_server_shared_secret.",
      "Pour qu’openwps réponde : eap_server=0, et son adresse et son secret dans auth_server_addr, auth_server_port et auth_server_shared_secret.",
    ],
  },
  "not-independent": {
    sentence: [
      "Ein Tastendruck öffnet alle Netze dieses hostapd, und wird eines geschlossen, schließen alle.",
      "Une pression ouvre tous les réseaux de ce hostapd, et en fermer un les ferme tous.",
    ],
    hint: [
      "wps_independent=1 in jedes seiner Netze schreiben.",
      "Mettez wps_independent=1 dans chacun de ses réseaux.",
    ],
  },
  "sae-beside-keys": {
    sentence: [
      "Geräte, die WPA3 (SAE) vorziehen, finden dort keinen eigenen Schlüssel und kommen vielleicht nicht herein.",
      "Les appareils qui préfèrent WPA3 (SAE) n’y trouvent pas leur propre clé et n’entreront peut-être pas.",
    ],
    hint: [
      "wpa_key_mgmt=WPA-PSK allein setzen, wo jedes Gerät seinen eigenen Schlüssel hat.",
      "Mettez wpa_key_mgmt=WPA-PSK seul là où chaque appareil a sa propre clé.",
    ],
  },
  "open-network": {
    sentence: [
      "Das Netz ist offen, darum bekommt ein Gerät keinen Schlüssel, und viele treten ihm nicht von selbst bei.",
      "Le réseau est ouvert : un appareil n’y reçoit pas de clé, et beaucoup ne le rejoignent pas d’eux-mêmes.",
    ],
    hint: [
      "WPA2 nehmen: wpa=2, wpa_key_mgmt=WPA-PSK, rsn_pairwise=CCMP, wpa_passphrase.",
      "Utilisez WPA2 : wpa=2, wpa_key_mgmt=WPA-PSK, rsn_pairwise=CCMP, wpa_passphrase.",
    ],
  },
};
