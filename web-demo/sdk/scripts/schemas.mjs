// Where the protocol's JSON Schemas are, and how to read them.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const protocolFolder = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  "../../../docs/protocol",
);

// File name -> schema document, in the order of the names.
export function loadSchemas(folder = protocolFolder) {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json")).sort();
  return new Map(files.map((file) => [file, JSON.parse(readFileSync(path.join(folder, file), "utf8"))]));
}
