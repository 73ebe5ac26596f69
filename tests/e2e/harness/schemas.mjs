// What the real server sends, held against docs/protocol/*.json.
import {createRequire} from "node:module";
import path from "node:path";
import {loadSchemas} from "../../../web-demo/sdk/scripts/schemas.mjs";
import {kRoot} from "./server.mjs";

const {Ajv} = createRequire(path.join(kRoot, "web-demo/sdk/package.json"))("ajv");

const schemas = loadSchemas();
const ajv = new Ajv({strict: true, strictTypes: false, allErrors: true});
for (const [file, schema] of schemas) ajv.addSchema(schema, file);

const fileOf = new Map([...schemas].flatMap(([file, {$defs}]) => Object.keys($defs).map((name) => [name, file])));

function check(name, value) {
  if (!fileOf.has(name)) throw new Error(`docs/protocol has no ${name}`);
  const validate = ajv.getSchema(`${fileOf.get(name)}#/$defs/${name}`);
  if (validate(value)) return;
  const errors = validate.errors.map(({instancePath, message, params}) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  throw new Error(`the server broke ${name}: ${errors.join("; ")}\n${JSON.stringify(value).slice(0, 2000)}`);
}

// `op`: what the frame answers, if it answers anything.
export function checkFrame(frame, op) {
  if (frame.ev) {
    check("ServerEvent", frame);
    check(`${frame.ev}.event`, frame.d);
  } else if (frame.op) {
    check("ServerControl", frame);
  } else if (frame.err) {
    check("ServerError", frame);
  } else {
    check("ServerReply", frame);
    if (op) check(`${op}.reply`, frame.ok);
  }
}
