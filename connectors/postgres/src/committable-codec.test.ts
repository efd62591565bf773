import { describe, expect, it } from 'vitest';
import type { PostgresCommittable } from './committable.js';
import { committableCodec as codec } from './committable-codec.js';
import { gidOf } from './recovery/gid.js';

const transaction = { job: 'j', sink: 's', incarnation: 'i', epoch: 1, subtask: 0, checkpoint: 7 };
const prepared: PostgresCommittable = { kind: 'prepared', transaction, gid: gidOf('sluice', transaction) };
const buffered: PostgresCommittable = {
  kind: 'buffered',
  transaction,
  target: {
    table: ['public', 't'],
    columns: [
      { name: 'a', type: ['pg_catalog', 'int4'] },
      { name: 'b', type: ['pg_catalog', 'text'] },
    ],
    upsertOn: ['a'],
  },
  chunks: [
    { rows: 2, modes: ['int4', 'text'], arrays: [Buffer.from('abc'), Buffer.from('')] },
    { rows: 1, modes: ['text', 'text'], arrays: [Buffer.from('d'), Buffer.from('ef')] },
  ],
};
const refused = expect.objectContaining({ code: 'SLUICE_POSTGRES_COMMITTABLE' });

describe('committables', () => {
  it('come back from their bytes', () => {
    for (const committable of [prepared, buffered])
      expect(codec.decode(1, codec.encode(committable))).toEqual(committable);
  });

  it('of another version, cut short, or with something behind them, are refused', () => {
    const bytes = codec.encode(buffered);
    expect(() => codec.decode(2, bytes)).toThrow(refused);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => codec.decode(1, bytes.subarray(0, length)), `${length}`).toThrow(refused);
    }
    expect(() => codec.decode(1, Buffer.concat([bytes, Buffer.from('x')]))).toThrow(refused);
  });

  it('name nothing that could leave its place in a statement', () => {
    const hostile = [
      { ...prepared, gid: `x'; DROP TABLE t; --` },
      { ...prepared, transaction: { ...transaction, epoch: '1' } },
      { ...buffered, chunks: [{ rows: 1, modes: ['int4', 'text[]); DROP TABLE t; --'], arrays: [] }] },
      {
        ...buffered,
        chunks: [{ rows: 1, modes: ['int4', 'constructor'], arrays: [Buffer.from(''), Buffer.from('')] }],
      },
      { ...buffered, chunks: [{ rows: 1, modes: ['int4'], arrays: [Buffer.from('')] }] },
      { ...buffered, chunks: [{ rows: -1, modes: ['int4', 'text'], arrays: [Buffer.from(''), Buffer.from('')] }] },
      { ...buffered, target: { ...buffered.target, columns: [] } },
      { ...buffered, target: { ...buffered.target, table: [5] } },
      { ...buffered, target: { ...buffered.target, columns: [{ name: 'a\0', type: ['x', 'y'] }] } },
      { ...prepared, kind: 'other', chunks: [] },
    ];
    for (const committable of hostile) {
      expect(() => codec.decode(1, codec.encode(committable as unknown as PostgresCommittable))).toThrow(refused);
    }
  });
});
