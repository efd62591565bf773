import { describe, expect, it } from 'vitest';
import { postgresSink } from './postgres-sink.js';
import type { PostgresSinkOptions } from './sink-options.js';

const fine: PostgresSinkOptions<number> = {
  connectionString: 'postgres://me:very-secret@localhost/db',
  table: 't',
  columns: { id: (n) => n, name: (n) => String(n) },
};

describe('the options of postgresSink', () => {
  it('are checked at once, each by its name', () => {
    const wrong: readonly [string, object][] = [
      ['connectionString', { connectionString: '' }],
      ['connectionString', { connectionString: undefined }],
      ['connectionString', { connectionString: 'mysql://me:hunter2@localhost/app' }],
      ['connectionString', { connectionString: 'junk' }],
      ['table', { table: '' }],
      ['table', { table: 'a.b.c' }],
      ['table', { table: undefined }],
      ['columns', { columns: {} }],
      ['columns', { columns: undefined }],
      ['columns', { columns: { id: 5 } }],
      ['columns', { columns: { ['x'.repeat(64)]: () => 1 } }],
      ['transactional', { transactional: 'three-phase' }],
      ['upsertOn', { upsertOn: [] }],
      ['upsertOn', { upsertOn: ['other'] }],
      ['upsertOn', { upsertOn: ['constructor'] }],
      ['upsertOn', { upsertOn: ['id', 'id'] }],
      ['schema', { schema: '' }],
      ['prefix', { prefix: "a'b" }],
      ['prefix', { prefix: 'a_b' }],
      ['prefix', { prefix: '' }],
      ['prefix', { prefix: 'x'.repeat(33) }],
      ['maxEpochBytes', { maxEpochBytes: 0 }],
      ['maxEpochBytes', { maxEpochBytes: 1.5 }],
      ['rowsPerStatement', { rowsPerStatement: 0 }],
      ['lockTimeout', { lockTimeout: 0 }],
      ['connectTimeout', { connectTimeout: -1 }],
    ];
    for (const [name, change] of wrong) {
      const make = () => postgresSink({ ...fine, ...change } as typeof fine);
      expect(make, JSON.stringify(change)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/OPTIONS|DURATION/) }),
      );
      if (!name.endsWith('Timeout')) expect(make).toThrow(name);
      expect(make).not.toThrow('secret');
    }
    expect(postgresSink(fine)).toMatchObject({ specVersion: 1, guarantee: 'transactional' });
  });

  it('refuse an upsert in two phases, with the reason', () => {
    const make = () => postgresSink({ ...fine, transactional: 'two-phase', upsertOn: ['id'] });
    expect(make).toThrow(expect.objectContaining({ code: 'SLUICE_POSTGRES_UPSERT_TWO_PHASE' }));
    expect(make).toThrow('keeps its row locked');
  });

  it('that say nothing wrong about the server leave the URL out of the error that says so', async () => {
    const sink = postgresSink({ ...fine, connectionString: 'postgres://me:very-secret@[::1/db' });
    const failure = await sink
      .openCommitter({ job: 'j', uid: 'u', incarnation: 'i', epoch: 1, signal: new AbortController().signal } as never)
      .catch((e: unknown) => e);
    expect(failure).toMatchObject({ code: 'SLUICE_POSTGRES_OPTIONS' });
    expect((failure as Error).cause).toBeUndefined();
    expect(String(failure)).not.toContain('secret');
  });
});
