import { structuredCodec } from '@sluice/connector-sdk';
import type { EntryCodec } from '../state/entry-codec.js';
import { otherShape } from '../state/restore-failure.js';
import { valueCodec } from '../state/value-codec.js';
import type { Ranking } from './top-n-next.js';

const SHAPE = 'ranking';

/** Rankings with the scores that their values had; of a longer one only the first `n` are read. */
export function rankingEntries(n: number): EntryCodec<Ranking> {
  const codec = valueCodec(structuredCodec<unknown>(), 'ranking');
  return {
    shape: SHAPE,
    values: codec,
    write(writer, { values, scores }) {
      writer.varint(values.length);
      for (let at = 0; at < values.length; at++) {
        writer.float64(scores[at] as number);
        codec.write(writer, values[at]);
      }
    },
    read(reader, shape, by) {
      if (shape !== SHAPE) throw otherShape('topN', SHAPE, shape);
      const scores: number[] = [];
      const values: unknown[] = [];
      for (let left = reader.count(1); left > 0; left--) {
        const score = reader.float64();
        const value = codec.read(reader, by);
        if (scores.length === n) continue;
        scores.push(score);
        values.push(value);
      }
      return { values, scores };
    },
    inspect: ({ values }) => values,
  };
}
