// Holds docs/protocol.md and docs/protocol/*.json together: every operation and event of the table has its
// schemas, every code of an error is the schema's, both the other way round too, and every schema compiles.
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Ajv } from "ajv";
import { loadSchemas, protocolFolder } from "./schemas.mjs";

// First columns of the table rows under a heading, e.g. "`typing.start`, `typing.stop`", whose second one is like `what`.
export function tableNames(markdown, heading, what) {
  const section = markdown.split(/^## /m).find((part) => part.startsWith(heading));
  if (!section) throw new Error(`docs/protocol.md has no section "${heading}"`);
  const names = [];
  for (const line of section.split("\n")) {
    const cell = /^\| ((?:`[a-z_.]+`(?:, )?)+) \| ([^|]+) \|/.exec(line);
    if (cell && what.test(cell[2])) names.push(...[...cell[1].matchAll(/`([a-z_.]+)`/g)].map((match) => match[1]));
  }
  return names;
}

function difference(left, right) {
  return [...left].filter((name) => !right.has(name));
}

// What is wrong, in sentences; empty when the page and the schemas agree.
export function problems(markdown, schemas) {
  const found = [];
  const ops = new Set(tableNames(markdown, "Operations and events", /^operation$/));
  const events = new Set(tableNames(markdown, "Operations and events", /^(durable|reliable|ephemeral) \(/));
  const codes = new Set(tableNames(markdown, "Errors", /^[45]\d\d$/));
  const knownCodes = new Set(schemas.get("envelope.json").$defs.ErrorCode.enum);
  const defined = { request: new Set(), reply: new Set(), event: new Set() };
  const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true });
  for (const [file, schema] of schemas) ajv.addSchema(schema, file);
  for (const [file, schema] of schemas) {
    for (const name of Object.keys(schema.$defs)) {
      const match = /^(.+)\.(request|reply|event)$/.exec(name);
      if (match) {
        if (defined[match[2]].has(match[1])) found.push(`${name} is defined twice`);
        defined[match[2]].add(match[1]);
      }
      try {
        if (!ajv.getSchema(`${file}#/$defs/${name}`)) found.push(`${file}: ${name} is not to be found`);
      } catch (error) {
        found.push(`${file}: ${name} does not compile: ${error.message}`);
      }
    }
  }
  for (const kind of ["request", "reply"]) {
    for (const op of difference(ops, defined[kind])) found.push(`operation ${op} has no ${kind} schema`);
    for (const op of difference(defined[kind], ops)) found.push(`${op}.${kind} is no operation of the page`);
  }
  for (const ev of difference(events, defined.event)) found.push(`event ${ev} has no schema`);
  for (const ev of difference(defined.event, events)) found.push(`${ev}.event is no event of the page`);
  for (const code of difference(codes, knownCodes)) found.push(`error ${code} is not in the schema`);
  for (const code of difference(knownCodes, codes)) found.push(`error ${code} is not on the page`);
  return found;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const markdown = readFileSync(path.join(protocolFolder, "..", "protocol.md"), "utf8");
  const found = problems(markdown, loadSchemas());
  for (const problem of found) console.error(problem);
  process.exitCode = found.length > 0 ? 1 : 0;
}
