// Checks frames against docs/protocol, so that a test's idea of the protocol can't drift from it.
import { Ajv, type ValidateFunction } from "ajv";
import { loadSchemas } from "../scripts/schemas.mjs";

const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true });
const files = new Map<string, string>();
for (const [file, schema] of loadSchemas()) {
  ajv.addSchema(schema, file);
  for (const name of Object.keys(schema.$defs)) files.set(name, file);
}

function validator(name: string): ValidateFunction {
  const found = files.has(name) ? ajv.getSchema(`${files.get(name)}#/$defs/${name}`) : undefined;
  if (!found) throw new Error(`no schema ${name}`);
  return found;
}

export function expectValid(name: string, value: unknown): void {
  const validate = validator(name);
  if (!validate(value)) {
    throw new Error(`${name}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
  }
}

export function isValid(name: string, value: unknown): boolean {
  return validator(name)(value) as boolean;
}
