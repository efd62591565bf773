import type { SourceBatch } from '@sluice/connector-sdk';
import { describe, expect, it, vi } from 'vitest';
import { SplitReader } from './split-reader.js';

const batch = (
  from: number,
  count: number,
  extra: Partial<SourceBatch<unknown, unknown>> = {},
): SourceBatch<unknown, unknown> => ({
  values: Array.from({ length: count }, (_, index) => from + index),
  positionAfter: (index) => from + index + 1,
  ...extra,
});

/** A reader of the batches, and how many of them it has asked for. */
function open(batches: readonly SourceBatch<unknown, unknown>[], restored?: { position: unknown; finished: boolean }) {
  const asked = { batches: 0, from: undefined as unknown };
  const events = { ready: vi.fn(), failed: vi.fn() };
  const reader = new SplitReader({ id: 'a', split: 'file' }, 0, restored, events);
  const source = {
    async *read(_split: unknown, position: unknown) {
      asked.from = position;
      for (const one of batches) {
        asked.batches++;
        yield one;
      }
    },
    close: async () => {},
  };
  reader.open(source, new AbortController().signal);
  return { reader, asked, events };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('SplitReader', () => {
  it('asks for one batch ahead and no more', async () => {
    const { reader, asked } = open([batch(0, 2), batch(2, 2), batch(4, 2)]);
    expect([reader.ready, reader.awaited]).toEqual([false, true]);
    await settled();
    expect(asked.batches).toBe(1);
    expect(reader.ready).toBe(true);
    await settled();
    expect([asked.batches, reader.awaited]).toEqual([2, false]);
  });

  it('knows its position between any two elements', async () => {
    const { reader } = open([batch(0, 3)]);
    expect(reader.snapshot().position).toBeUndefined();
    await settled();
    expect(reader.ready).toBe(true);
    expect(reader.snapshot().position).toBeUndefined();
    reader.index = 2;
    expect(reader.snapshot().position).toBe(2);
    reader.finishBatch();
    expect(reader.snapshot()).toMatchObject({ id: 'a', split: 'file', position: 3, finished: false });
  });

  it('has finished when the last batch has been given out, and says so once', async () => {
    const { reader } = open([batch(0, 1, { progress: 1 })]);
    await settled();
    expect(reader.ready).toBe(true);
    await settled();
    expect([reader.finished, reader.takeEnd()]).toEqual([false, false]);
    reader.finishBatch();
    expect([reader.finished, reader.fraction, reader.takeEnd(), reader.takeEnd()]).toEqual([true, 1, true, false]);
    expect(reader.snapshot().finished).toBe(true);
  });

  it('goes on from a restored position, and does not read what had finished', async () => {
    const { asked } = open([batch(5, 1)], { position: 5, finished: false });
    expect(asked.from).toBe(5);
    const done = open([batch(0, 1)], { position: 9, finished: true });
    expect([done.asked.batches, done.reader.finished, done.reader.snapshot().position]).toEqual([0, true, 9]);
  });

  it('that is taken as ended keeps its position and has not finished', async () => {
    const { reader } = open([batch(0, 3), batch(3, 1)]);
    await settled();
    expect(reader.ready).toBe(true);
    reader.index = 1;
    reader.end();
    expect([reader.finished, reader.ready]).toEqual([true, false]);
    expect(reader.snapshot()).toMatchObject({ position: 1, finished: false });
  });

  it('tells a failure, unless it has been closed', async () => {
    const next = async (): Promise<never> => {
      throw new Error('disk');
    };
    const failing = { read: () => ({ [Symbol.asyncIterator]: () => ({ next }) }), close: async () => {} };
    for (const closed of [false, true]) {
      const failed = vi.fn();
      const reader = new SplitReader({ id: 'a', split: 0 }, 0, undefined, { ready() {}, failed });
      reader.open(failing, new AbortController().signal);
      if (closed) await reader.close();
      await settled();
      expect(failed).toHaveBeenCalledTimes(closed ? 0 : 1);
    }
  });
});
