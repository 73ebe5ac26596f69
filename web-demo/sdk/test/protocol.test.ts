import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { problems } from "../scripts/check-schemas.mjs";
import { generate, typeName, typeOf } from "../scripts/generate-types.mjs";
import { loadSchemas, protocolFolder } from "../scripts/schemas.mjs";
import { isValid } from "./schemas.js";

const page = readFileSync(path.join(protocolFolder, "../protocol.md"), "utf8");

describe("the check of the page against the schemas", () => {
  test("finds nothing wrong today", () => {
    expect(problems(page, loadSchemas())).toEqual([]);
  });

  test("names an operation without a schema, a schema without an operation and an event without either", () => {
    const schemas = loadSchemas();
    const message = schemas.get("message.json")!;
    message.$defs["message.shout.reply"] = message.$defs["message.send.reply"]!;
    delete message.$defs["message.send.request"];
    delete message.$defs["typing.event"];
    expect(problems(page, schemas).sort()).toEqual([
      "event typing has no schema",
      "message.shout.reply is no operation of the page",
      "operation message.send has no request schema",
    ]);
  });

  test("names an error that only one of them has", () => {
    expect(problems(page.replace("| `call.full` |", "| `call.fool` |"), loadSchemas())).toEqual([
      "error call.fool is not in the schema",
      "error call.full is not on the page",
    ]);
  });

  test("names a reference that leads nowhere", () => {
    const schemas = loadSchemas();
    schemas.get("message.json")!.$defs["typing.event"] = { $ref: "common.json#/$defs/Nobody" };
    expect(problems(page, schemas).join()).toMatch(/typing.event does not compile/);
  });
});

describe("generated types", () => {
  test("are named after the definitions", () => {
    expect(typeName("consumer.key_frame.request")).toBe("ConsumerKeyFrameRequest");
  });

  test("mark what may be absent", () => {
    const type = typeOf({
      type: "object",
      properties: { a: { type: "integer" }, b: { type: "array", items: { enum: ["x", "y"] } } },
      required: ["a"],
    });
    expect(type).toBe('{ "a": number; "b"?: Array<"x" | "y"> }');
  });

  test("refuse what they don't know", () => {
    expect(() => typeOf({ oneOf: [] })).toThrow(/no type/);
  });

  test("hold every operation", () => {
    expect(generate(loadSchemas())).toContain('"call.join": { request: CallJoinRequest; reply: CallJoinReply };');
  });
});

describe("requests", () => {
  const c = "01890000-0000-7000-8000-000000000001";

  test.each([
    ["an unknown field", { c, cmid: c, body: "x", extra: 1 }],
    ["an id in capitals", { c: c.replace("0189", "018F"), cmid: c, body: "x" }],
    ["an empty body", { c, cmid: c, body: "" }],
    ["a body that is too long", { c, cmid: c, body: "x".repeat(16_001) }],
  ])("with %s are refused", (_, request) => {
    expect(isValid("message.send.request", request)).toBe(false);
    expect(isValid("message.send.request", { c, cmid: c, body: "x" })).toBe(true);
  });

  test.each([
    ["a CNAME that breaks out of its line of SDP", { rtcp: { cname: "a\r\na=x" } }],
    ["an msid that does", { msid: "a\nb" }],
    ["a codec parameter that does", { codecs: [codec({ parameters: { x: "1\r\n" } })] }],
    ["a payload type of eight bits", { codecs: [codec({ payloadType: 128 })] }],
    ["an SSRC of more than 32 bits", { encodings: [{ ssrc: 2 ** 32 }] }],
    ["an extension id of 0", { headerExtensions: [{ uri: "urn:x", id: 0 }] }],
  ])("to produce with %s are refused", (_, change) => {
    const rtp = { mid: "0", codecs: [codec({})], headerExtensions: [], encodings: [{ ssrc: 1 }], rtcp: { cname: "c" } };
    const request = { c, transport: c, producer: c, kind: "video", source: "camera", rtp_parameters: rtp };
    expect(isValid("producer.create.request", request)).toBe(true);
    const changed = { ...request, rtp_parameters: { ...rtp, ...change } };
    expect(isValid("producer.create.request", changed)).toBe(false);
  });
});

function codec(change: object): object {
  return { mimeType: "video/VP8", payloadType: 96, clockRate: 90_000, parameters: {}, rtcpFeedback: [], ...change };
}
