import type { Boundaries } from './records.js';

const NEWLINE = 0x0a;
const QUOTE = 0x22;

/**
 * A record is a line, except that a newline within a quoted field does not end it.
 *
 * A quote opens a field only where the field begins, and two quotes within a quoted field stand for one, as RFC 4180 has it. A stray
 * quote elsewhere opens nothing, so it spoils its own line and not the ones after it.
 *
 * @param delimiter The byte between two fields.
 */
export function csvBoundaries(delimiter: number): Boundaries {
  let previous = NEWLINE;
  let quoted = false;
  // The last chunk ended in a quote within quotes: the next byte tells whether it closed the field or is the first of two.
  let undecided = false;
  return {
    next(chunk) {
      const ends: number[] = [];
      const { length } = chunk;
      let at = 0;
      if (undecided && length > 0) {
        undecided = false;
        if (chunk[0] === QUOTE) at = 1;
        else quoted = false;
      }
      let newline = -1;
      while (at < length) {
        const quote = indexOrEnd(chunk, QUOTE, at);
        if (quoted) {
          if (quote === length) break;
          if (quote + 1 === length) undecided = true;
          else if (chunk[quote + 1] !== QUOTE) quoted = false;
          at = quoted && !undecided ? quote + 2 : quote + 1;
          continue;
        }
        // One that was found beyond a quote is kept: a long line of many fields is not searched again for each.
        if (newline < at) newline = indexOrEnd(chunk, NEWLINE, at);
        for (; newline < quote; newline = indexOrEnd(chunk, NEWLINE, newline + 1)) ends.push(newline + 1);
        if (quote === length) break;
        const before = quote === 0 ? previous : chunk[quote - 1];
        quoted = before === NEWLINE || before === delimiter;
        at = quote + 1;
      }
      if (length > 0) previous = chunk[length - 1] ?? NEWLINE;
      return ends;
    },
  };
}

function indexOrEnd(chunk: Buffer, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from);
  return at < 0 ? chunk.length : at;
}
