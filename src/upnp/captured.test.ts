/** What real ends said is read, and written again byte for byte. */
import { describe, expect, test } from "vitest";
import { datagrams, documents, http } from "../../test/upnp/captured.ts";
import { must } from "../../test/vectors.ts";
import { parseMacAddress } from "../wsc/address.ts";
import { toHex } from "../wsc/bytes.ts";
import { messageTypeOf } from "../wsc/messages.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { composeDescription, readDescription } from "./description.ts";
import { composePropertySet, readCallbacks, readPropertySet, readSeq, readSid, readTimeout } from "./gena.ts";
import { composeSelection, readSelection } from "./selected-registrar.ts";
import { composeAnswer, composeCall, composeFault, readAnswer, readCall, readSoapAction, soapAction } from "./soap.ts";
import { composeSsdp, readSsdp } from "./ssdp.ts";
import { uuidName } from "./wlan-config.ts";
import { composeWlanEvent, readWlanEvent } from "./wlan-event.ts";

const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const given = <T>(value: T | null | undefined): T => {
  if (value === null || value === undefined) throw new Error("expected something to have been read");
  return value;
};

const calls = documents.filter(({ startLine }) => startLine.startsWith("POST"));
const answers = documents.filter(({ startLine, body }) => startLine.startsWith("HTTP") && text(body).includes("Body"));
const events = documents.filter(({ startLine }) => startLine.startsWith("NOTIFY"));

/** The argument of a call or an answer as bytes, written again. */
function again(values: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(
    [...values].map(([name, value]) => [
      name,
      name.startsWith("NewWLANEvent") ? value : toBase64(given(fromBase64(value))),
    ]),
  );
}

describe("an external Registrar's run with hostapd, as it was recorded", () => {
  test("the search and its answers", () => {
    expect(datagrams.length).toBeGreaterThan(8);
    const found = datagrams.map((datagram) => {
      const message = given(readSsdp(datagram));
      const [, date = null] = /\r\nDATE: (.*)\r\n/.exec(text(datagram)) ?? [];
      const written = text(composeSsdp(message, date));
      if (message.type !== "alive") expect(written).toBe(text(datagram));
      else expect(written.split("\r\n").toSorted()).toEqual(text(datagram).split("\r\n").toSorted());
      return message.type;
    });
    expect(new Set(found)).toEqual(new Set(["search", "found"]));
  });

  test("the description", () => {
    const { body } = given(documents[0]);
    const description = readDescription(body);
    if (typeof description === "string") throw new Error(description);
    expect(composeDescription(description)).toBe(text(body));
    expect(uuidName(description.uuid)).toBe("uuid:11223344-5566-7788-99aa-bbccddeeff00");
    expect(description).toMatchObject({ friendlyName: "Vector AP", modelNumber: "42", controlUrl: "wps_control" });
  });

  test("every action that was asked for", () => {
    const actions = calls.map(({ headers, body }) => {
      const call = given(readCall(body));
      expect(composeCall({ action: call.action, values: again(call.values) })).toBe(text(body));
      expect(readSoapAction(given(headers.get("soapaction")))).toBe(call.action);
      expect(headers.get("soapaction")).toBe(soapAction(call.action));
      return call.action;
    });
    expect(new Set(actions)).toEqual(
      new Set(["GetDeviceInfo", "PutMessage", "PutWLANResponse", "SetSelectedRegistrar"]),
    );
  });

  test("every answer, and what hostapd says where it has none", () => {
    const kinds = answers.map(({ body }) => {
      const answer = given(readAnswer(body));
      if (answer.type === "fault") expect(composeFault(answer.code ?? 0, answer.description)).toBe(text(body));
      else expect(composeAnswer({ action: answer.action, values: again(answer.values) })).toBe(text(body));
      return answer.type === "fault"
        ? answer.code
        : messageTypeOf(fromBase64([...answer.values.values()].join("")) ?? new Uint8Array());
    });
    expect(kinds).toEqual(expect.arrayContaining(["M1", "M3", "M5", "M7", 500]));
  });

  test("every event, with the messages of the station in it", () => {
    const heard = events.map(({ headers, body }) => {
      const properties = given(readPropertySet(body));
      const event = given(readWlanEvent(given(fromBase64(given(properties.get("WLANEvent"))))));
      const written = new Map(properties).set("WLANEvent", toBase64(composeWlanEvent(event)));
      expect(composePropertySet(written)).toBe(text(body));
      expect(readSid(given(headers.get("sid")))).toBe(headers.get("sid"));
      return [readSeq(given(headers.get("seq"))), event.type === "message" ? messageTypeOf(event.bytes) : "probe"];
    });
    expect(heard[0]).toEqual([0, "WSC_ACK"]);
    expect(heard.map(([seq]) => seq)).toEqual(heard.map((_, i) => i));
    expect(heard.map(([, message]) => message)).toEqual(
      expect.arrayContaining(["probe", "M1", "M3", "M5", "M7", "WSC_Done"]),
    );
  });

  test("the subscription", () => {
    const asked = given(http.find(({ startLine }) => startLine.startsWith("SUBSCRIBE")));
    expect(readCallbacks(given(asked.headers.get("callback")))).toEqual(["http://127.0.0.1:49153/event/99813181/1"]);
    expect(readTimeout(given(asked.headers.get("timeout")))).toBe(1800);
  });

  test("whom the Registrar has the router announce", () => {
    const selections = calls
      .map(({ body }) => given(readCall(body)))
      .filter(({ action }) => action === "SetSelectedRegistrar")
      .map(({ values }) => {
        const bytes = given(fromBase64(given(values.get("NewMessage"))));
        const selection = must(readSelection(bytes));
        return { bytes, selection };
      });
    const [first, ...others] = selections;
    expect(first?.selection.selected).toEqual({
      devicePasswordId: 0,
      configMethods: 0x3148,
      authorizedMacs: [parseMacAddress("ff:ff:ff:ff:ff:ff")],
    });
    expect(others.some(({ selection }) => selection.selected === null)).toBe(true);
    for (const { bytes, selection } of selections)
      if (selection.selected !== null) expect(toHex(composeSelection(selection))).toBe(toHex(bytes));
  });
});
