/** Types whose values go over the wire in binary, with the oid that is fixed for each of them in every server. All others go as text and are cast. */
export const ELEMENT_TYPES = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  float4: 700,
  float8: 701,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  uuid: 2950,
} as const;

export type ColumnMode = keyof typeof ELEMENT_TYPES;

export function isColumnMode(value: unknown): value is ColumnMode {
  return typeof value === 'string' && Object.hasOwn(ELEMENT_TYPES, value);
}
