// Writes src/generated/protocol.ts: the TypeScript types of docs/protocol/*.json.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { loadSchemas } from "./schemas.mjs";

const MESSAGE = /^(.+)\.(request|reply|event)$/;

// "call.join.request" -> "CallJoinRequest"
export function typeName(definition) {
  return definition.replace(/(^|[._])([a-z])/g, (_, __, letter) => letter.toUpperCase());
}

function objectType(schema) {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, field]) => `${JSON.stringify(name)}${required.has(name) ? "" : "?"}: ${typeOf(field)}`,
  );
  const extra = schema.additionalProperties;
  if (extra === false || fields.length > 0) return fields.length > 0 ? `{ ${fields.join("; ")} }` : "Record<string, never>";
  return `Record<string, ${typeof extra === "object" ? typeOf(extra) : "unknown"}>`;
}

// The part of JSON Schema that the protocol uses; anything else is an error and no guess.
export function typeOf(schema) {
  if (schema.$ref) return typeName(schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1));
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.join(" | ");
  switch (schema.type) {
    case "object":
      return objectType(schema);
    case "array": {
      const item = typeOf(schema.items);
      return /^\w+$/.test(item) ? `${item}[]` : `Array<${item}>`;
    }
    case "integer":
    case "number":
      return "number";
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    default:
      throw new Error(`no type for ${JSON.stringify(schema)}`);
  }
}

export function generate(schemas) {
  const types = new Map();
  const operations = new Set();
  const events = new Set();
  for (const [file, document] of schemas) {
    for (const [name, schema] of Object.entries(document.$defs)) {
      const type = typeName(name);
      if (types.has(type)) throw new Error(`${file}: a second ${type}`);
      types.set(type, `${schema.description ? `/** ${schema.description} */\n` : ""}export type ${type} = ${typeOf(schema)};`);
      const message = MESSAGE.exec(name);
      if (message) (message[2] === "event" ? events : operations).add(message[1]);
    }
  }
  const table = (names, line) => [...names].map(line).join("\n");
  return [
    "// Made of docs/protocol/*.json by scripts/generate-types.mjs.",
    ...types.values(),
    `export interface Operations {\n${table(
      operations,
      (op) => `  "${op}": { request: ${typeName(`${op}.request`)}; reply: ${typeName(`${op}.reply`)} };`,
    )}\n}`,
    `export interface Events {\n${table(events, (ev) => `  "${ev}": ${typeName(`${ev}.event`)};`)}\n}`,
    "",
  ].join("\n\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../src/generated");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "protocol.ts"), generate(loadSchemas()));
}
