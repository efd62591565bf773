import { expect, test } from 'vitest';
import { type BatchWriterOptions, batchSettings } from './batch-options.js';

const write = async () => undefined;

test('what is left out is filled in', () => {
  expect(batchSettings('acme', { write })).toEqual({
    maxCount: 500,
    maxBytes: Infinity,
    linger: 100,
    maxInFlight: 1,
    attempts: 5,
    initialPause: 100,
    maxPause: 10_000,
  });
});

test('what is given is taken', () => {
  const retry = { attempts: Infinity, initial: '1s', max: '1m' } as const;
  expect(batchSettings('acme', { write, maxCount: 1, linger: 0, sizeOf: () => 1, maxBytes: 9, retry })).toMatchObject({
    maxCount: 1,
    linger: 0,
    maxBytes: 9,
    attempts: Infinity,
    initialPause: 1000,
    maxPause: 60_000,
  });
});

test.each<[string, Partial<BatchWriterOptions<unknown>>, RegExp]>([
  ['no write', { write: undefined as never }, /`write`/],
  ['a count of nothing', { maxCount: 0 }, /`maxCount`/],
  ['half a count', { maxCount: 1.5 }, /`maxCount`/],
  ['a negative size', { maxBytes: -1, sizeOf: () => 1 }, /`maxBytes`/],
  ['a size that nobody measures', { maxBytes: 10 }, /`sizeOf`/],
  ['nothing in flight', { maxInFlight: Number.NaN }, /`maxInFlight`/],
  ['time that runs back', { linger: '-1s' }, /`linger`/],
  ['a duration that is none', { linger: 'soon' as '1s' }, /`linger`/],
  ['no attempts', { retry: { attempts: 0 } }, /`retry.attempts`/],
  ['a negative pause', { retry: { initial: -1 } }, /`retry.initial`/],
])('refuses %s', (_name, options, message) => {
  expect(() => batchSettings('acme', { write, ...options })).toThrow(message);
  expect(() => batchSettings('acme', { write, ...options })).toThrow(
    expect.objectContaining({ code: 'SLUICE_BATCH_OPTIONS', component: 'acme' }),
  );
});
