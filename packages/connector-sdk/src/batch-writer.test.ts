import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { harness, settled, stateOf, type VirtualClock } from './batch-writer.harness.js';

describe('bounds', () => {
  test('a batch goes when it has grown to its count', async () => {
    const { write, batches } = harness({ maxCount: 3 });
    write(1, 2);
    expect(batches()).toEqual([]);
    write(3);
    expect(batches()).toEqual([[1, 2, 3]]);
  });

  test('a batch goes before it would outgrow its bytes; what is larger goes alone', () => {
    const { write, batches } = harness({ maxBytes: 10, sizeOf: (n) => n, maxInFlight: 9 });
    write(4, 5, 2, 8, 25, 10, 1);
    expect(batches()).toEqual([[4, 5], [2, 8], [25], [10]]);
  });

  test('a batch goes when its first element is old enough', async () => {
    const { clock, write, calls, batches } = harness({ linger: '50ms' });
    write(1);
    await clock.advance(30);
    write(2);
    await clock.advance(19);
    expect(batches()).toEqual([]);
    await clock.advance(1);
    expect(batches()).toEqual([[1, 2]]);
    calls[0]?.answer();
    write(3);
    await clock.advance(49);
    expect(batches()).toHaveLength(1);
    await clock.advance(1);
    expect(batches()).toEqual([[1, 2], [3]]);
  });

  test('the age counts from the first element of each batch, not of the one before', async () => {
    const { clock, write, batches } = harness({ linger: 50, maxCount: 2, maxInFlight: 9 });
    write(1);
    await clock.advance(40);
    write(2, 3);
    await clock.advance(49);
    expect(batches()).toEqual([[1, 2]]);
    await clock.advance(1);
    expect(batches()).toEqual([[1, 2], [3]]);
  });

  test('a batch that is due while another is written goes on growing, and goes next', async () => {
    const { clock, write, calls, batches } = harness({ linger: 0, maxCount: 10 });
    write(1);
    await clock.advance(0);
    const answers = write(2, 3);
    await clock.advance(500);
    expect(answers).toEqual([undefined, undefined]);
    write(4);
    calls[0]?.answer();
    await settled();
    expect(batches()).toEqual([[1], [2, 3, 4]]);
  });

  test('no time is asked for when there is no linger', async () => {
    const { clock, write, writer, batches } = harness({ linger: 1 });
    await writer.flush();
    expect(clock.sleeping).toBe(0);
    write(1);
    await clock.advance(1);
    expect(batches()).toEqual([[1]]);
    expect(clock.sleeping).toBe(0);
  });
});

describe('pressure', () => {
  test('is full while a finished batch has to wait, and takes elements even so', async () => {
    const { write, writer, calls, batches } = harness({ maxCount: 2 });
    expect(write(1, 2, 3)).toEqual([undefined, undefined, undefined]);
    const [full] = write(4);
    const [still] = write(5);
    expect(await stateOf(full)).toBe('pending');
    expect(await stateOf(still)).toBe('pending');
    calls[0]?.answer();
    await Promise.all([full, still]);
    expect(batches()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(writer.write(6, 0)).toBeInstanceOf(Promise);
  });

  test('writes as many batches at once as it may', () => {
    const { write, batches } = harness({ maxCount: 1, maxInFlight: 3 });
    const answers = write(1, 2, 3, 4);
    expect(batches()).toEqual([[1], [2], [3]]);
    expect(answers.map((answer) => answer === undefined)).toEqual([true, true, true, false]);
  });
});

describe('flush', () => {
  test('waits for everything before it, retries included, and for nothing after it', async () => {
    const { clock, write, writer, calls } = harness({ maxCount: 2, maxInFlight: 9 });
    write(1, 2, 3);
    const flush = writer.flush();
    write(4);
    await settled();
    expect(calls.map(({ items }) => items)).toEqual([[1, 2], [3]]);
    calls[1]?.answer();
    calls[0]?.answer({ retry: [2] });
    expect(await stateOf(flush)).toBe('pending');
    await clock.advance(100);
    const retry = calls.find(({ items }) => items.length === 1 && items[0] === 2);
    expect(await stateOf(flush)).toBe('pending');
    retry?.answer();
    await flush;
  });

  test('with nothing written resolves at once and writes nothing', async () => {
    const { writer, calls } = harness();
    await writer.flush();
    await writer.flush();
    expect(calls).toEqual([]);
  });

  test('leaves nothing behind: no timer, no listener', async () => {
    const { clock, write, writer, calls, listeners } = harness({ linger: 5 });
    write(1);
    expect(listeners.count).toBe(1);
    const flush = writer.flush();
    calls[0]?.answer();
    await flush;
    await clock.advance(5);
    expect(listeners.count).toBe(0);
    expect(clock.sleeping).toBe(0);
  });
});

describe('retries', () => {
  test('only what is to be retried, after pauses that double up to the longest', async () => {
    const { clock, write, writer, calls } = harness({ retry: { attempts: 5, initial: 100, max: 300 } });
    write(1, 2, 3);
    const flush = writer.flush();
    for (const retry of [[2, 3], [3], [3], [3]]) {
      calls.at(-1)?.answer({ retry });
      await clock.advance(1000);
    }
    calls.at(-1)?.answer();
    await flush;
    expect(calls.map(({ items }) => items)).toEqual([[1, 2, 3], [2, 3], [3], [3], [3]]);
    expect(calls.map(({ at }) => at % 1000)).toEqual([0, 100, 200, 300, 300]);
  });

  test('after what the system asks for, be it longer or shorter', async () => {
    const { clock, write, writer, calls } = harness();
    write(1);
    void writer.flush();
    calls[0]?.answer({ retry: [1], retryAfter: '30s' });
    await clock.advance(29_999);
    expect(calls).toHaveLength(1);
    await clock.advance(1);
    expect(calls).toHaveLength(2);
    calls[1]?.answer({ retry: [1], retryAfter: 3 });
    await clock.advance(3);
    expect(calls).toHaveLength(3);
  });

  test('nothing overtakes a retry when one batch may be in flight', async () => {
    const { clock, write, writer, calls, batches } = harness({ maxCount: 2 });
    write(1, 2, 3, 4, 5);
    const flush = writer.flush();
    calls[0]?.answer({ retry: [2] });
    await clock.advance(99);
    expect(batches()).toEqual([[1, 2]]);
    await clock.advance(1);
    calls[1]?.answer();
    await settled();
    calls[2]?.answer();
    await settled();
    calls[3]?.answer();
    await flush;
    expect(batches()).toEqual([[1, 2], [2], [3, 4], [5]]);
  });

  test('attempts that are used up fail the writer', async () => {
    const { clock, write, writer, calls } = harness({ retry: { attempts: 2, initial: 1 } });
    write(1);
    const flush = writer.flush();
    calls[0]?.answer({ retry: [1] });
    await clock.advance(1);
    calls[1]?.answer({ retry: [1] });
    await expect(flush).rejects.toMatchObject({
      code: 'SLUICE_BATCH_WRITE',
      cause: { code: 'SLUICE_BATCH_ATTEMPTS' },
    });
    expect(calls).toHaveLength(2);
  });

  test('what is rejected goes its own way and is not retried', async () => {
    const { write, writer, calls, rejected } = harness();
    write(1, 2, 3);
    const flush = writer.flush();
    calls[0]?.answer({ rejected: [{ value: 2, cause: 'too big' }] });
    await flush;
    expect(rejected).toEqual([[2, 'too big']]);
    expect(calls).toHaveLength(1);
  });
});

test('whatever the answers, everything is written or rejected exactly once, and in order with one in flight', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.constant('write'), fc.constant('flush'), fc.constant('wait')), { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.infiniteStream(fc.nat(9)),
      async (steps, maxCount, maxInFlight, dice) => {
        const durable: number[] = [];
        const clock: { current?: VirtualClock } = {};
        const roll = () => Number(dice.next().value);
        const { writer, rejected, ...rest } = harness<number>({
          maxCount,
          maxInFlight,
          retry: { attempts: Infinity },
          write: async (items) => {
            await clock.current?.sleep(roll());
            const retry: number[] = [];
            const refused: { value: number; cause: string }[] = [];
            for (const value of items) {
              const side = retry.length > 0 ? 0 : roll();
              if (side < 3) retry.push(value);
              else if (side === 3) refused.push({ value, cause: 'no' });
              else durable.push(value);
            }
            return { retry, rejected: refused };
          },
        });
        clock.current = rest.clock;
        let written = 0;
        for (const step of steps) {
          if (step === 'write') void writer.write(written++, 0);
          else if (step === 'wait') await rest.clock.advance(roll());
          else {
            const before = written;
            const flush = writer.flush();
            while ((await stateOf(flush)) === 'pending') await rest.clock.advance(1000);
            expect(new Set([...durable, ...rejected.map(([value]) => value)]).size).toBe(before);
          }
        }
        const end = writer.flush();
        while ((await stateOf(end)) === 'pending') await rest.clock.advance(1000);
        const all = [...durable, ...rejected.map(([value]) => value)];
        expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: written }, (_, i) => i));
        if (maxInFlight === 1) expect(durable).toEqual([...durable].sort((a, b) => a - b));
        expect(rest.listeners.count).toBe(0);
      },
    ),
    { numRuns: 100 },
  );
});
