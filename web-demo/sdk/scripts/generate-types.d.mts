import type { SchemaDocument } from "./schemas.mjs";
export function typeName(definition: string): string;
export function typeOf(schema: Record<string, unknown>): string;
export function generate(schemas: Map<string, SchemaDocument>): string;
