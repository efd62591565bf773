import {
  redisHashSink,
  redisJsonSink,
  redisListSink,
  redisSortedSetSink,
  redisStreamSink,
  redisStringSink,
} from '@sluice/redis';
import { describe, expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { RedisHarness } from './redis-harness.js';

interface Row {
  readonly id: string;
  readonly n: number | null;
}

describeWithService('redis', 'redis sinks', (endpoint) => {
  const harness = new RedisHarness(endpoint);
  const key = (row: Row) => row.id;
  const at = (name: string) => `${harness.prefix}${name}`;

  describe('redisHashSink', () => {
    const sink = (more = {}) =>
      redisHashSink<Row>({
        ...harness.options,
        key,
        fields: ({ n }) => (n === null ? null : { n, [`f${n}`]: 'x' }),
        ...more,
      });

    test('sets the fields named and keeps the version in the hash', async () => {
      await harness.wrote(sink(), 1, { id: 'h1', n: 1 }, { id: 'h1', n: 2 }, { id: 'h2', n: 3 });
      expect(await harness.redis.hgetall(at('h1'))).toEqual({
        n: '2',
        f1: 'x',
        f2: 'x',
        _sluice: expect.stringMatching(/^\d{13}\.2$/),
      });
      expect(await harness.redis.hget(at('h2'), 'n')).toBe('3');
      expect(await harness.redis.exists(`{${at('h1')}}:sluice`)).toBe(0);
    });

    test('takes no name that would be the same as another one on the server', async () => {
      const named = redisHashSink<string>({ ...harness.options, key: (name) => name, fields: () => ({ n: 1 }) });
      const fields = redisHashSink<string>({ ...harness.options, key: () => 'f', fields: (name) => ({ [name]: 1 }) });
      for (const refusing of [named, fields]) {
        const { rejected } = await harness.wrote(refusing, 1, 'a\ud800', 'a\ud801', 'a\u{1f600}');
        expect(rejected).toEqual([
          { value: 'a\ud800', code: 'SLUICE_REDIS_VALUE' },
          { value: 'a\ud801', code: 'SLUICE_REDIS_VALUE' },
        ]);
      }
    });

    test('removes fields that are null', async () => {
      const partial = redisHashSink<Readonly<Record<string, number | null>>>({
        ...harness.options,
        key: () => 'h3',
        fields: (fields) => fields,
        versionField: '#',
      });
      await harness.wrote(partial, 1, { a: 1, b: 2 });
      await harness.wrote(partial, 2, { a: null }, { c: 3 });
      expect(await harness.redis.hgetall(at('h3'))).toEqual({ b: '2', c: '3', '#': expect.any(String) });
    });

    test('a batch of elements with the same fields, with others among them, gives each hash its own', async () => {
      type Write = readonly [id: string, fields: Readonly<Record<string, number | null>> | null];
      const writes: Write[] = [
        ['m1', { a: 1, b: 2 }],
        ['m2', { a: 3, b: 4 }],
        ['m3', null],
        ['m4', { a: 5, b: 6 }],
        ['m5', { a: 7, b: null }],
        ['m6', { a: 8, b: 9 }],
        ['m7', { b: 10, a: 11 }],
        ['m8', { b: 12, a: 13 }],
        ['m9', {}],
        ['m10', {}],
      ];
      for (const [turn, mode] of (['merge', 'replace'] as const).entries()) {
        const mixed = redisHashSink<Write>({
          ...harness.options,
          key: ([id]) => mode + id,
          fields: ([, fields]) => fields,
          mode,
        });
        await harness.wrote(mixed, 2 * turn + 1, ...writes.map(([id]): Write => [id, { b: 0, c: 0 }]));
        await harness.wrote(mixed, 2 * turn + 2, ...writes);
        for (const [id, fields] of writes) {
          const { _sluice, ...held } = await harness.redis.hgetall(at(mode + id));
          const whole = fields === null ? {} : mode === 'merge' ? { b: 0, c: 0, ...fields } : fields;
          const left = Object.entries(whole).filter(([, field]) => field !== null);
          expect([id, held]).toEqual([id, Object.fromEntries(left.map(([name, field]) => [name, String(field)]))]);
          expect(_sluice).toMatch(fields === null ? /^d:/ : /^\d{13}\.\d+$/);
        }
      }
    });

    test('an older version at the head of a batch is passed over, and those behind it with the same fields are not', async () => {
      const versioned = redisHashSink<{ id: string; n: number; at: number }>({
        ...harness.options,
        key: ({ id }) => id,
        fields: ({ n }) => ({ n }),
        version: (row) => row.at,
      });
      await harness.wrote(versioned, 1, { id: 'v1', n: 1, at: 9 });
      await harness.wrote(
        versioned,
        2,
        { id: 'v1', n: 2, at: 5 },
        { id: 'v2', n: 3, at: 5 },
        { id: 'v3', n: 4, at: 5 },
      );
      const held = await Promise.all(['v1', 'v2', 'v3'].map((id) => harness.redis.hget(at(id), 'n')));
      expect(held).toEqual(['1', '3', '4']);
    });

    test("mode 'replace' leaves nothing of what was there", async () => {
      await harness.wrote(sink(), 1, { id: 'h4', n: 1 });
      await harness.wrote(sink({ mode: 'replace' }), 2, { id: 'h4', n: 2 });
      expect(Object.keys(await harness.redis.hgetall(at('h4'))).sort()).toEqual(['_sluice', 'f2', 'n']);
    });

    test('a deleted hash keeps its version for a time, and what comes later stays for good', async () => {
      await harness.wrote(sink(), 1, { id: 'h5', n: 1 }, { id: 'h5', n: null });
      expect(await harness.redis.hgetall(at('h5'))).toEqual({ _sluice: expect.stringMatching(/^d:/) });
      expect(await harness.redis.pttl(at('h5'))).toBeGreaterThan(3_500_000);
      await harness.wrote(sink(), 2, { id: 'h5', n: 6 });
      expect(await harness.redis.hget(at('h5'), 'n')).toBe('6');
      expect(await harness.redis.pttl(at('h5'))).toBe(-1);
    });

    test('a delete and a write behind it in one batch leave the write alone', async () => {
      await harness.wrote(sink(), 1, { id: 'h6', n: 1 });
      await harness.wrote(sink(), 2, { id: 'h6', n: null }, { id: 'h6', n: 2 });
      expect(Object.keys(await harness.redis.hgetall(at('h6'))).sort()).toEqual(['_sluice', 'f2', 'n']);
    });

    test('takes hashes of many thousand fields, names of prototypes among them', async () => {
      const names = ['__proto__x', 'constructor', ...Array.from({ length: 9_000 }, (_, i) => `field ${i}`)];
      const wide = redisHashSink<number>({
        ...harness.options,
        key: () => 'h7',
        fields: (n) => Object.fromEntries(names.map((name) => [name, n])),
      });
      await harness.wrote(wide, 1, 1);
      expect(await harness.redis.hlen(at('h7'))).toBe(names.length + 1);
    });

    test('what cannot be written is rejected, and all else is written', async () => {
      const odd = redisHashSink<{ id: string; n: unknown }>({
        ...harness.options,
        key: ({ id }) => id,
        fields: ({ n }) => ({ n: n as number }),
      });
      await harness.redis.set(at('taken'), 'a string');
      const run = await harness.wrote(
        odd,
        1,
        { id: 'h8', n: 1 },
        { id: 'taken', n: 2 },
        { id: '', n: 3 },
        { id: 'h9', n: Number.NaN },
        { id: 'h9', n: {} },
        { id: 'h10', n: 10 },
      );
      expect(run.rejected.map(({ value, code }) => [value.id, code])).toEqual([
        ['', 'SLUICE_REDIS_VALUE'],
        ['h9', 'SLUICE_REDIS_VALUE'],
        ['h9', 'SLUICE_REDIS_VALUE'],
        ['taken', 'SLUICE_REDIS_REFUSED'],
      ]);
      expect(await harness.redis.get(at('taken'))).toBe('a string');
      expect(await harness.redis.hget(at('h8'), 'n')).toBe('1');
      expect(await harness.redis.hget(at('h10'), 'n')).toBe('10');
      expect(await harness.redis.exists(at('h9'))).toBe(0);
    });

    test('an element at which a function of the options throws is rejected, and all else is written', async () => {
      const bad = (what: string) => (given: string) => {
        if (given === what) throw new TypeError(`no ${what}`);
        return given;
      };
      const run = await harness.wrote(
        redisHashSink<string>({
          ...harness.options,
          key: (id) => bad('key')(id),
          fields: (id) => ({ n: bad('fields')(id) }),
          version: (id) => bad('version')(id).length,
        }),
        1,
        ...['key', 'fields', 'version', 'h12'],
      );
      expect(run.rejected.map(({ value }) => value)).toEqual(['key', 'fields', 'version']);
      expect(await harness.redis.hget(at('h12'), 'n')).toBe('h12');
    });

    test('expire holds from the last write on', async () => {
      await harness.wrote(sink({ expire: '10s' }), 1, { id: 'h11', n: 1 });
      expect(await harness.redis.pttl(at('h11'))).toBeGreaterThan(5_000);
      await harness.redis.pexpire(at('h11'), 100);
      await harness.wrote(sink({ expire: '10s' }), 2, { id: 'h11', n: 1 });
      expect(await harness.redis.pttl(at('h11'))).toBeGreaterThan(5_000);
    });
  });

  describe('redisStringSink', () => {
    const sink = (more = {}) => redisStringSink<Row>({ ...harness.options, key, value: (row) => row.n, ...more });

    test('sets the value, with the version beside it', async () => {
      await harness.wrote(sink(), 1, { id: 's1', n: 1 }, { id: '{tag}s2', n: 2 });
      expect(await harness.redis.get(at('s1'))).toBe('1');
      expect(await harness.redis.get(`{${at('s1')}}:sluice`)).toMatch(/^\d{13}\.1$/);
      expect(await harness.redis.get(`${at('{tag}s2')}:sluice`)).toMatch(/^\d{13}\.2$/);
    });

    test('deletes, and forgets the version when the tombstone is over', async () => {
      await harness.wrote(sink({ tombstone: '1s' }), 1, { id: 's3', n: 1 }, { id: 's3', n: null });
      expect(await harness.redis.exists(at('s3'))).toBe(0);
      expect(await harness.redis.get(`{${at('s3')}}:sluice`)).toMatch(/^d:/);
      await expect.poll(() => harness.redis.exists(`{${at('s3')}}:sluice`), { timeout: 60_000 }).toBe(0);
    });

    test('a value and its version expire together, and a value without expiry stays', async () => {
      await harness.wrote(sink({ expire: '10s' }), 1, { id: 's4', n: 1 });
      for (const name of [at('s4'), `{${at('s4')}}:sluice`])
        expect(await harness.redis.pttl(name)).toBeGreaterThan(5_000);
      await harness.wrote(sink(), 2, { id: 's4', n: 2 });
      for (const name of [at('s4'), `{${at('s4')}}:sluice`]) expect(await harness.redis.pttl(name)).toBe(-1);
    });

    test('a key of another type is left as it is: SET would take it away', async () => {
      await harness.redis.rpush(at('s5'), 'item');
      const run = await harness.wrote(sink(), 1, { id: 's5', n: 1 }, { id: 's5', n: null });
      expect(run.rejected.map(({ code }) => code)).toEqual(['SLUICE_REDIS_REFUSED', 'SLUICE_REDIS_REFUSED']);
      expect(await harness.redis.lrange(at('s5'), 0, -1)).toEqual(['item']);
    });

    test('keeps bytes and big integers as they are', async () => {
      const bytes = Uint8Array.of(0, 255, 13, 10, 128);
      const mixed = redisStringSink<Uint8Array | bigint>({
        ...harness.options,
        key: (value) => (typeof value === 'bigint' ? 's6' : 's7'),
        value: (value) => value,
      });
      await harness.wrote(mixed, 1, 2n ** 70n, bytes);
      expect(await harness.redis.get(at('s6'))).toBe(String(2n ** 70n));
      expect(new Uint8Array((await harness.redis.getBuffer(at('s7'))) ?? [])).toEqual(bytes);
    });
  });

  describe('redisSortedSetSink', () => {
    interface Score {
      readonly player: string;
      readonly points: number | null;
    }
    const sink = (board: string, more = {}) =>
      redisSortedSetSink<Score>({
        ...harness.options,
        key: () => board,
        member: ({ player }) => player,
        score: ({ points }) => points,
        ...more,
      });

    test('the last score of each member stays', async () => {
      await harness.wrote(
        sink('z1'),
        1,
        { player: 'a', points: 5 },
        { player: 'b', points: -1.5 },
        { player: 'a', points: 3 },
        { player: 'c', points: Number.POSITIVE_INFINITY },
      );
      expect(await harness.redis.zrange(at('z1'), '0', '-1', 'WITHSCORES')).toEqual([
        'b',
        '-1.5',
        'a',
        '3',
        'c',
        'inf',
      ]);
    });

    test('a removed member is remembered, and forgotten after its tombstone', async () => {
      const board = sink('z2', { tombstone: '1ms' });
      const versions = `{${at('z2')}}:sluice`;
      const players = Array.from({ length: 50 }, (_, i) => `p${i}`);
      await harness.wrote(board, 1, ...players.map((player) => ({ player, points: 1 })), {
        player: 'stays',
        points: 1,
      });
      await harness.wrote(board, 2, ...players.map((player) => ({ player, points: null })));
      expect(await harness.redis.zrange(at('z2'), '0', '-1')).toEqual(['stays']);
      for (let epoch = 3; (await harness.redis.hlen(versions)) > 3 && epoch < 100; epoch++) {
        await harness.wrote(board, epoch, { player: 'x', points: 1 }, { player: 'y', points: 1 });
        await harness.wrote(board, epoch, { player: 'x', points: null });
      }
      expect(await harness.redis.hlen(versions)).toBeLessThanOrEqual(4);
      expect(await harness.redis.hget(versions, 'stays')).toMatch(/^\d+\.\d+$/);
    });

    test('an empty board leaves its versions only for as long as the tombstones', async () => {
      await harness.wrote(sink('z3'), 1, { player: 'a', points: 1 }, { player: 'b', points: 1 });
      await harness.wrote(sink('z3'), 2, { player: 'a', points: null }, { player: 'b', points: null });
      const versions = `{${at('z3')}}:sluice`;
      expect(await harness.redis.pttl(versions)).toBeGreaterThan(0);
      await harness.wrote(sink('z3'), 3, { player: 'c', points: 1 });
      expect(await harness.redis.pttl(versions)).toBe(-1);
    });

    test('a score that is no number is rejected', async () => {
      const run = await harness.wrote(sink('z4'), 1, { player: 'a', points: Number.NaN }, { player: 'b', points: 1 });
      expect(run.rejected).toMatchObject([{ value: { player: 'a' }, code: 'SLUICE_REDIS_VALUE' }]);
      expect(await harness.redis.zrange(at('z4'), '0', '-1')).toEqual(['b']);
    });
  });

  describe('redisListSink', () => {
    interface Items {
      readonly id: string;
      readonly items: readonly string[] | null;
    }
    const list = () => redisListSink<Items>({ ...harness.options, key: ({ id }) => id, items: ({ items }) => items });

    test('each element is the whole list', async () => {
      await harness.wrote(list(), 1, { id: 'l1', items: ['a', 'b'] }, { id: 'l1', items: ['c', 'a', 'c'] });
      await harness.wrote(list(), 2, { id: 'l1', items: ['c', 'a', 'c'] });
      expect(await harness.redis.lrange(at('l1'), 0, -1)).toEqual(['c', 'a', 'c']);
    });

    test('no items and null delete it; long ones are taken', async () => {
      const many = Array.from({ length: 20_001 }, (_, i) => String(i));
      await harness.wrote(list(), 1, { id: 'l2', items: many }, { id: 'l3', items: ['x'] }, { id: 'l4', items: ['x'] });
      await harness.wrote(list(), 2, { id: 'l3', items: [] }, { id: 'l4', items: null });
      expect(await harness.redis.lrange(at('l2'), 0, -1)).toEqual(many);
      expect(await harness.redis.exists(at('l3'), at('l4'))).toBe(0);
    });
  });

  describe('redisJsonSink', () => {
    test('keeps JSON text, and rejects what JSON cannot hold', async () => {
      const sink = redisJsonSink<{ id: string; n?: unknown }>({ ...harness.options, key: ({ id }) => id });
      const run = await harness.wrote(sink, 1, { id: 'j1', n: [1, { a: null }] }, { id: 'j2', n: 1n });
      expect(JSON.parse((await harness.redis.get(at('j1'))) ?? '')).toEqual({ id: 'j1', n: [1, { a: null }] });
      expect(run.rejected.map(({ code }) => code)).toEqual(['SLUICE_REDIS_VALUE']);
    });

    test('asks for the module before anything starts', async () => {
      const sink = redisJsonSink<Row>({ ...harness.options, key, storage: 'module' });
      const known = await harness.redis.call('command', 'info', 'JSON.SET');
      if (Array.isArray(known) && known[0] !== null) return;
      await expect(harness.run(sink, 1)).rejects.toMatchObject({ code: 'SLUICE_REDIS_MODULE' });
    });
  });

  describe('redisStreamSink', () => {
    interface Entry {
      readonly offset: number;
      readonly text: string;
    }
    const sink = (name: string, more = {}) =>
      redisStreamSink<Entry>({
        ...harness.options,
        key: () => name,
        id: ({ offset }) => `${offset}-0`,
        fields: ({ text }) => ({ text }),
        ...more,
      });
    const entries = (...offsets: number[]) => offsets.map((offset) => ({ offset, text: `text ${offset}` }));
    const ids = async (name: string) => (await harness.redis.xrange(at(name), '-', '+')).map(([id]) => id);

    test('an entry is there once, however often it is written', async () => {
      await harness.wrote(sink('x1'), 1, ...entries(1, 2, 3));
      const run = await harness.wrote(sink('x1'), 2, ...entries(2, 3, 3, 4));
      expect(await harness.redis.xrange(at('x1'), '-', '+')).toEqual(
        [1, 2, 3, 4].map((n) => [`${n}-0`, ['text', `text ${n}`]]),
      );
      expect(run.rejected).toEqual([]);
    });

    test('an entry that comes out of order is rejected, never dropped', async () => {
      const run = await harness.wrote(sink('x2'), 1, ...entries(1, 5, 3, 6));
      expect(run.rejected).toMatchObject([{ value: { offset: 3 }, code: 'SLUICE_REDIS_STREAM_ORDER' }]);
      expect(await ids('x2')).toEqual(['1-0', '5-0', '6-0']);
      const next = await harness.wrote(sink('x2'), 2, ...entries(4, 7));
      expect(next.rejected).toMatchObject([{ value: { offset: 4 }, code: 'SLUICE_REDIS_STREAM_ORDER' }]);
    });

    test('a replay of entries that were trimmed or deleted since is no failure', async () => {
      await harness.wrote(sink('x3'), 1, ...entries(1, 2, 3, 4));
      await harness.redis.xtrim(at('x3'), 'MINID', '3-0');
      await harness.redis.xdel(at('x3'), '4-0');
      const run = await harness.wrote(sink('x3'), 2, ...entries(1, 2, 3, 4, 5));
      expect(run.rejected).toEqual([]);
      expect(await ids('x3')).toEqual(['3-0', '5-0']);
    });

    test('maxLength keeps about so many', async () => {
      await harness.wrote(
        sink('x4', { maxLength: 100 }),
        1,
        ...entries(...Array.from({ length: 1000 }, (_, i) => i + 1)),
      );
      const length = await harness.redis.xlen(at('x4'));
      expect(length).toBeGreaterThanOrEqual(100);
      expect(length).toBeLessThan(300);
    });

    test('ids and entries that Redis cannot take are rejected', async () => {
      const odd = redisStreamSink<{ id: string; fields: Record<string, string> }>({
        ...harness.options,
        key: () => 'x5',
        id: ({ id }) => id,
        fields: ({ fields }) => fields,
      });
      const run = await harness.wrote(
        odd,
        1,
        { id: '0-0', fields: { a: '1' } },
        { id: 'x', fields: { a: '1' } },
        { id: '18446744073709551616-1', fields: { a: '1' } },
        { id: '1-*', fields: { a: '1' } },
        { id: '2', fields: {} },
        { id: '18446744073709551615-1', fields: { a: '1' } },
      );
      expect(run.rejected).toHaveLength(5);
      expect(await ids('x5')).toEqual(['18446744073709551615-1']);
    });
  });
});
