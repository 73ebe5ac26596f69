// Takes the example out of README.md, so that the compiler checks it with the tests.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const example = /```ts\n(.*?)```/s.exec(readFileSync(path.join(root, "README.md"), "utf8"))?.[1];
if (!example) throw new Error("README.md has no example");
const folder = path.join(root, "test/generated");
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, "example.ts"), example.replace("@parlance/sdk", "../../src/index.js"));
