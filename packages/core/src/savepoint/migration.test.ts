import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Codec, defineSource, type Source } from '@sluice/connector-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  aggregatingState,
  averageOf,
  callbackSink,
  createJob,
  defineCodec,
  fromSource,
  keyBy,
  listState,
  mapState,
  processKeyed,
  reducingState,
  type Savepoint,
  type StateShape,
  scanByKey,
  to,
  valueState,
} from '../index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-migration-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function endless(count: number): Source<number> {
  return defineSource({
    name: 'endless',
    bounded: false,
    replayable: true,
    discover: async () => [{ id: 'only', split: undefined }],
    open: async (context) => ({
      async *read(_split: unknown, position: number | undefined) {
        for (let at = position ?? 0; at < count; at++) yield { values: [at], positionAfter: () => at + 1 };
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      },
      close: async () => {},
    }),
  });
}

type Handles = Readonly<Record<string, { add?(value: unknown): void; set?(...value: unknown[]): void }>>;

/** One version of a program: `count` numbers in all, under two keys, with these states. */
function version(shape: StateShape, count: number, options: { startFrom?: Savepoint; also?: boolean } = {}) {
  let seen = 0;
  const keyed$ = fromSource(endless(count)).pipe(keyBy((n) => (n % 2 === 0 ? 'even' : 'odd')));
  const states$ = keyed$.pipe(
    processKeyed({
      uid: 'states',
      state: shape,
      onElement(n, { state }) {
        for (const [name, handle] of Object.entries(state as Handles)) {
          if (name === 'map') handle.set?.(`${n}`, n);
          else if (handle.add === undefined) handle.set?.(n);
          else handle.add(n);
        }
        return n;
      },
    }),
    to(callbackSink(() => void seen++)),
  );
  const sums$ = keyed$.pipe(
    scanByKey(
      (sum, n) => sum + n,
      () => 0,
      { uid: 'sums' },
    ),
    to(callbackSink(() => {})),
  );
  const { startFrom, also = false } = options;
  const job = createJob('migrating', also ? [states$, sums$] : states$, startFrom && { startFrom });
  return { job, seen: () => seen };
}

/** Runs it until it has taken as many numbers, acts, and stops it with a savepoint. */
async function run(
  { job, seen }: ReturnType<typeof version>,
  count: number,
  act: (asked: typeof job) => Promise<void> = async () => {},
): Promise<Savepoint> {
  const ended = job.run();
  ended.catch(() => {});
  await Promise.race([expect.poll(seen).toBe(count), ended]);
  await act(job);
  const savepoint = await job.stop({ savepoint: folder });
  await ended;
  return savepoint as Savepoint;
}

const failure = (code: string, actual: unknown) => expect.objectContaining({ code, actual });

describe('a codec of a newer version', () => {
  interface V1 {
    readonly name: string;
  }
  interface V2 {
    readonly first: string;
    readonly last: string;
  }
  const text = (value: string) => Buffer.from(value);
  const v1 = defineCodec<number>({
    version: 1,
    encode: (n) => text(JSON.stringify({ name: `number ${n}` } satisfies V1)),
    decode: () => 0,
  });
  const decoded: number[] = [];
  const v2 = defineCodec<V2>({
    version: 2,
    encode: (value) => text(JSON.stringify(value)),
    decode(from, bytes) {
      decoded.push(from);
      const kept: unknown = JSON.parse(Buffer.from(bytes).toString());
      if (from === 2) return kept as V2;
      if (from !== 1) throw new Error(`no such version ${from}`);
      const [first = '', last = ''] = (kept as V1).name.split(' ');
      return { first, last };
    },
  });
  const shape1 = {
    value: valueState({ codec: v1 }),
    list: listState({ codec: v1, ttl: '1h' }),
    map: mapState<string, number>({ codec: v1 }),
  };
  const shape2 = {
    value: valueState({ codec: v2, ttl: '1h' }),
    list: listState({ codec: v2 }),
    map: mapState<string, V2>({ codec: v2, ttl: '1h' }),
  };
  const read = { first: 'number', last: '2' };

  it('reads what the older one wrote, by its version, and writes its own; a time to live is turned on and off', async () => {
    const savepoint = await run(version(shape1, 3), 3);
    const second = await run(version(shape2, 3, { startFrom: savepoint }), 0, async (job) => {
      expect(await job.query('states', shape2, 'even')).toEqual({
        value: read,
        list: [{ first: 'number', last: '0' }, read],
        map: new Map([
          ['0', { first: 'number', last: '0' }],
          ['2', read],
        ]),
      });
    });
    expect(decoded).toContain(1);
    decoded.length = 0;
    await run(version(shape2, 3, { startFrom: second }), 0, async (job) => {
      expect(await job.query('states', { value: shape2.value }, 'even')).toEqual({ value: read });
    });
    expect(new Set(decoded)).toEqual(new Set([2]));
  });

  it('an older program is refused what the newer one wrote', async () => {
    const shape3 = { value: valueState<number>({ codec: { ...v1, version: 3 } }) };
    const savepoint = await run(version(shape3, 1), 1);
    const older = version({ value: valueState<number>({ codec: v1 }) }, 1, { startFrom: savepoint });
    await expect(older.job.run()).rejects.toEqual(failure('SLUICE_STATE_VERSION', 'version 3'));
  });

  it('a version that `decode` does not know is refused, with its cause', async () => {
    const shape0 = { value: valueState<number>({ codec: { ...v1, version: 0 } }) };
    const savepoint = await run(version(shape0, 1), 1);
    const newer = version({ value: valueState({ codec: v2 }) }, 1, { startFrom: savepoint });
    await expect(newer.job.run()).rejects.toMatchObject({
      code: 'SLUICE_STATE_VERSION',
      actual: 'a failure to decode bytes of version 0',
      cause: { message: 'no such version 0' },
    });
  });
});

describe('state that the program has no longer', () => {
  const bytes: Codec<number> = { version: 1, encode: (n) => Uint8Array.of(n), decode: (_, [n]) => n as number };
  const ttl = '1h';
  const removed = {
    value: valueState<number>(),
    timedValue: valueState<number>({ ttl }),
    own: valueState<number>({ codec: bytes }),
    list: listState<number>(),
    timedList: listState<number>({ ttl, codec: bytes }),
    map: mapState<string, number>({ ttl }),
    sum: reducingState<number>((a, b) => a + b, { ttl }),
    mean: aggregatingState(averageOf<number>((n) => n)),
    timedMean: aggregatingState(
      averageOf<number>((n) => n),
      { ttl },
    ),
  };
  const kept = { list: listState<number>() };

  it('is refused, with the uids and names', async () => {
    const savepoint = await run(version(removed, 3, { also: true }), 3);
    const withoutOperator = version(removed, 3, { startFrom: savepoint });
    await expect(withoutOperator.job.run()).rejects.toEqual(failure('SLUICE_STATE_UNMATCHED', 'none for sums'));
    const withoutStates = version(kept, 3, { startFrom: savepoint, also: true });
    await expect(withoutStates.job.run()).rejects.toMatchObject({
      code: 'SLUICE_STATE_UNMATCHED',
      component: 'states',
      expected: "a state named 'value', which the checkpoint has",
    });
  });

  it('is dropped when told so; the rest is restored', async () => {
    const savepoint = await run(version(removed, 3, { also: true }), 3);
    const startFrom = { ...savepoint, allowNonRestoredState: true };
    const next = version({ ...kept, extra: valueState<number>() }, 5, { startFrom });
    const second = await run(next, 2, async (job) => {
      expect(await job.query('states', { ...kept, extra: valueState<number>() }, 'even')).toEqual({
        list: [0, 2, 4],
        extra: 4,
      });
    });
    // From now on there is nothing left to be dropped.
    await run(version({ ...kept, extra: valueState<number>() }, 5, { startFrom: second }), 0);
  });

  it('written by a codec with a form of its own cannot be passed over, and is named', async () => {
    const own: Codec<number> = {
      ...bytes,
      write: (writer, n) => writer.uint8(n),
      read: (_version, reader) => reader.uint8(),
    };
    const savepoint = await run(version({ own: valueState({ codec: own }), ...kept }, 1), 1);
    const next = version(kept, 1, { startFrom: { ...savepoint, allowNonRestoredState: true } });
    await expect(next.job.run()).rejects.toMatchObject({
      code: 'SLUICE_STATE_UNMATCHED',
      expected: expect.stringContaining("a state named 'own', written by a codec with a form of its own"),
    });
  });
});
