export interface SchemaDocument {
  description: string;
  $defs: Record<string, Record<string, unknown>>;
}
export const protocolFolder: string;
export function loadSchemas(folder?: string): Map<string, SchemaDocument>;
