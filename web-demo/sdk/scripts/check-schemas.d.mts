import type { SchemaDocument } from "./schemas.mjs";
export function tableNames(markdown: string, heading: string, what: RegExp): string[];
export function problems(markdown: string, schemas: Map<string, SchemaDocument>): string[];
