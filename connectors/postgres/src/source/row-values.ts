import pg from 'pg';

type Parse = (text: string) => unknown;

const INT8 = 20;
const INT8_LIST = 1016;
const TEXT_LIST = 1009;
const TIMESTAMP = 1114;
const TIMESTAMPTZ = 1184;

/** Types that the driver reads as we do: numbers, truth values, bytes, JSON, and lists of them. */
const OF_DRIVER: ReadonlySet<number> = new Set([
  16, 17, 21, 23, 26, 114, 199, 700, 701, 1000, 1001, 1005, 1007, 1009, 1015, 1021, 1022, 1028, 3802, 3807,
]);

const OWN: ReadonlyMap<number, Parse> = new Map<number, Parse>([
  [INT8, BigInt],
  [INT8_LIST, pg.types.getTypeParser(TEXT_LIST as never, 'text') as Parse],
  // A time without a zone means UTC, as it does for the sink.
  [TIMESTAMP, (text) => timeOf(text, text.endsWith(' BC') ? `${text.slice(0, -3)}+00 BC` : `${text}+00`)],
  [TIMESTAMPTZ, (text) => timeOf(text, text)],
]);

const unchanged: Parse = (text) => text;

/** How the text of each type is read, by its oid. What is not listed stays the text that the server writes. */
export const rowTypes = {
  getTypeParser(oid: number): Parse {
    const own = OWN.get(oid);
    if (own !== undefined) return own;
    return OF_DRIVER.has(oid) ? (pg.types.getTypeParser(oid, 'text') as Parse) : unchanged;
  },
};

/** A time of ISO style, as the server writes it, in milliseconds. What no Date can hold, such as infinity, stays text. */
function timeOf(text: string, zoned: string): unknown {
  const parsed: unknown = (pg.types.getTypeParser(TIMESTAMPTZ, 'text') as Parse)(zoned);
  return parsed instanceof Date && !Number.isNaN(parsed.getTime()) ? parsed : text;
}
