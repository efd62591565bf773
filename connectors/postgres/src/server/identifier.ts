/** The parts of a qualified name, outermost first, as the catalog spells them. */
export type QualifiedName = readonly string[];

const PART = /"((?:[^"]|"")+)"|([^".]+)/y;

/**
 * Takes `schema.table` apart. A part in double quotes may hold dots. Undefined for what is no name of one or two parts.
 *
 * Names are taken literally: `Flights` means "Flights", not the flights that SQL makes of it.
 */
export function parseName(text: string): QualifiedName | undefined {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    if (!match) return undefined;
    parts.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    at = PART.lastIndex;
    if (at === text.length) break;
    if (text[at] !== '.') return undefined;
    at++;
  }
  return parts.length <= 2 && parts.every(isIdentifier) ? parts : undefined;
}

/** Postgres cuts longer names off silently, and then means another one. */
export function isIdentifier(name: string): boolean {
  return name.length > 0 && !name.includes('\0') && Buffer.byteLength(name) <= 63;
}

export function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** Each part for itself: quoted as a whole, `schema.table` would be a table with a dot in its name. */
export function quoteName(name: QualifiedName): string {
  return name.map(quote).join('.');
}
