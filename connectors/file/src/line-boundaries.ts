import type { Boundaries } from './records.js';

const NEWLINE = 0x0a;

/** A record is a line. */
export function lineBoundaries(): Boundaries {
  return {
    next(chunk) {
      const ends: number[] = [];
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) ends.push(at + 1);
      return ends;
    },
  };
}
