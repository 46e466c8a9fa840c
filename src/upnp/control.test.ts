/** Actions and their faults, one by one. */
import { describe, expect, test } from "vitest";
import { parseMacAddress } from "../wsc/address.ts";
import { toBase64 } from "./base64.ts";
import { control } from "./control.ts";
import { composeSelection } from "./selected-registrar.ts";
import { composeCall, readAnswer, soapAction } from "./soap.ts";

const bytes = (...values: readonly number[]) => Uint8Array.from(values);
const utf8 = (text: string) => new TextEncoder().encode(text);
const one = toBase64(bytes(1));
const selection = toBase64(composeSelection({ selected: null, uuid: null }));

/** Asks an access point that is willing, and notes what came of it. */
async function ask(
  action: string,
  values: Readonly<Record<string, string>>,
  options: {
    readonly header?: string | null;
    readonly body?: string;
    readonly subscribed?: boolean;
    readonly heard?: boolean;
    readonly answer?: Uint8Array | null;
  } = {},
) {
  const { header = soapAction(action), subscribed = true, heard = true, answer = bytes(9) } = options;
  const body = options.body ?? composeCall({ action, values: new Map(Object.entries(values)) });
  const asked: unknown[] = [];
  const note = async (...what: readonly unknown[]) => {
    asked.push(what);
    return answer;
  };
  const { status, body: document } = await control(
    { soapAction: header, body: utf8(body), from: "192.0.2.1" },
    {
      service: {
        deviceInfo: note,
        putMessage: note,
        putWlanResponse: (...what) => asked.push(what),
      },
      isSubscribed: () => subscribed,
      select: (...what) => heard && asked.push(what) > 0,
    },
  );
  return { status, asked, answer: readAnswer(utf8(document)) };
}

const fault = (code: number) => ({ status: 500, answer: { type: "fault", code }, asked: [] });
const station = "02:00:00:00:05:01";

describe("an action", () => {
  test.for([
    ["GetDeviceInfo", {}, { NewDeviceInfo: toBase64(bytes(9)).trim() }, ["192.0.2.1"]],
    ["PutMessage", { NewInMessage: one }, { NewOutMessage: toBase64(bytes(9)).trim() }, [bytes(1), "192.0.2.1"]],
    [
      "PutWLANResponse",
      { NewMessage: one, NewWLANEventType: "2", NewWLANEventMAC: station },
      {},
      [parseMacAddress(station), bytes(1), "192.0.2.1"],
    ],
    ["SetSelectedRegistrar", { NewMessage: selection }, {}, ["192.0.2.1", { selected: null, uuid: null }]],
  ] as const)("%s is done and answered", async ([action, values, answer, asked]) => {
    expect(await ask(action, values)).toEqual({
      status: 200,
      answer: { type: "answer", action, values: new Map(Object.entries(answer)) },
      asked: [asked],
    });
  });

  test("of Intel PROSet has dots in its address", async () => {
    const values = { NewMessage: one, NewWLANEventType: "2", NewWLANEventMAC: station.replaceAll(":", ".") };
    expect((await ask("PutWLANResponse", values)).asked).toEqual([[station, bytes(1), "192.0.2.1"]]);
  });

  const put = { NewMessage: one, NewWLANEventType: "2", NewWLANEventMAC: station };
  test.for([
    ["that nobody has", 401, "RebootAP", {}, {}],
    ["without a SOAPAction", 401, "GetDeviceInfo", {}, { header: null }],
    ["of a bad SOAPAction", 401, "GetDeviceInfo", {}, { header: "GetDeviceInfo" }],
    ["of another service", 401, "GetDeviceInfo", {}, { header: '"urn:schemas-upnp-org:service:X:1#GetDeviceInfo"' }],
    ["that is another one in the document", 401, "PutMessage", {}, { header: soapAction("GetDeviceInfo") }],
    ["in no document", 600, "GetDeviceInfo", {}, { body: "" }],
    ["in a document of something else", 600, "GetDeviceInfo", {}, { body: "<a/>" }],
    [
      "in a document with entities",
      600,
      "GetDeviceInfo",
      {},
      { body: `<!DOCTYPE a [<!ENTITY b "c">]>${composeCall({ action: "GetDeviceInfo", values: new Map() })}` },
    ],
    ["without its message", 600, "PutMessage", {}, {}],
    ["whose message is no base64", 603, "PutMessage", { NewInMessage: "!" }, {}],
    ["without a response", 600, "PutWLANResponse", { NewWLANEventType: "2", NewWLANEventMAC: station }, {}],
    ["whose response is no base64", 603, "PutWLANResponse", { ...put, NewMessage: "!" }, {}],
    ["with a response to a probe", 600, "PutWLANResponse", { ...put, NewWLANEventType: "1" }, {}],
    ["with a response of no type", 600, "PutWLANResponse", { ...put, NewWLANEventType: "" }, {}],
    ["with a response to nobody", 600, "PutWLANResponse", { ...put, NewWLANEventMAC: "" }, {}],
    ["with a response to a wrong address", 600, "PutWLANResponse", { ...put, NewWLANEventMAC: `${station}:0` }, {}],
    ["with a response of somebody who does not listen", 501, "PutWLANResponse", put, { subscribed: false }],
    ["without a selection", 600, "SetSelectedRegistrar", {}, {}],
    ["whose selection is no base64", 603, "SetSelectedRegistrar", { NewMessage: "!" }, {}],
    ["whose selection is cut", 600, "SetSelectedRegistrar", { NewMessage: toBase64(bytes(0x10)) }, {}],
    ["whose selection does not say", 600, "SetSelectedRegistrar", { NewMessage: "EEoAARA=" }, {}],
    [
      "that selects, of somebody who does not listen",
      501,
      "SetSelectedRegistrar",
      { NewMessage: selection },
      { subscribed: false },
    ],
    ["that selects too often", 501, "SetSelectedRegistrar", { NewMessage: selection }, { heard: false }],
  ] as const)("%s is declined by %i", async ([, code, action, values, options]) => {
    expect(await ask(action, values, options)).toMatchObject(fault(code));
  });

  test.for([
    ["GetDeviceInfo", 501],
    ["PutMessage", 500],
  ] as const)("%s without an answer is declined by %i", async ([action, code]) => {
    expect(await ask(action, { NewInMessage: one }, { answer: null })).toMatchObject({ ...fault(code), asked: [{}] });
  });
});
