import { defineSink, defineSource, type Sink, type Source } from '@sluice/connector-sdk';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  arraySource,
  callbackSink,
  createJob,
  fromObservable,
  fromSource,
  type JobOptions,
  memoryCheckpoints,
  to,
} from '../index.js';

const checkpoints = { interval: '1s', storage: memoryCheckpoints() } as const;
const writer = { write: () => undefined, flush: async () => {}, close: async () => {} };
const idempotent = defineSink<number>({
  name: 'table',
  guarantee: 'idempotent',
  keyOf: String,
  open: async () => writer,
});
const transactional = defineSink<number, string>({
  name: 'ledger',
  guarantee: 'transactional',
  committableCodec: {
    version: 1,
    encode: (text) => new TextEncoder().encode(text),
    decode: (_version, bytes) => new TextDecoder().decode(bytes),
  },
  open: async () => ({
    begin: () => ({ write: () => undefined, prepare: async () => [], abort: async () => {} }),
    close: async () => {},
  }),
  openCommitter: async () => ({
    recover: async () => {},
    commit: async () => ({ status: 'committed' }),
    close: async () => {},
  }),
});
const forgetful = defineSource<number, undefined, undefined>({
  ...arraySource([1]),
  name: 'socket',
  replayable: false,
} as never);
const job = (sink: Sink<number>, options: JobOptions = { checkpoints }, source: Source<number> = arraySource([1])) =>
  createJob('guaranteed', fromSource(source).pipe(to(sink)), options);

describe('the guarantee of a job', () => {
  it.each([
    ['exactly-once', () => job(transactional)],
    ['effectively-once', () => job(idempotent)],
    ['at-least-once', () => job(callbackSink(() => {}))],
    ['at-least-once', () => job(transactional, { checkpoints: { ...checkpoints, mode: 'at-least-once' } })],
    ['at-most-once', () => job(transactional, {})],
    ['at-most-once', () => job(transactional, { checkpoints }, forgetful)],
    ['at-most-once', () => createJob('plain', fromObservable(of(1)).pipe(to(transactional)), { checkpoints })],
  ] as const)('is %s', (level, make) => {
    expect(make().guarantee.level).toBe(level);
  });

  it('is that of its weakest part, with every part that limits it named', () => {
    const flows = [fromSource(forgetful).pipe(to(transactional)), fromSource(arraySource([1])).pipe(to(idempotent))];
    const { guarantee } = createJob('two', flows, { checkpoints });
    expect(guarantee.level).toBe('at-most-once');
    expect(guarantee.reasons.map(({ uid }) => uid)).toEqual(['source-1', 'sink-2']);
    for (const { limits, remedy } of guarantee.reasons) expect(limits.length * remedy.length).toBeGreaterThan(0);
  });

  it('is enforced when it is asked for', () => {
    const ask = (sink: Sink<number>, guarantee: 'exactly-once' | 'at-least-once') => () =>
      job(sink, { checkpoints, guarantee });
    expect(ask(transactional, 'exactly-once')).not.toThrow();
    expect(ask(idempotent, 'exactly-once')).not.toThrow();
    expect(
      ask(
        callbackSink(() => {}),
        'at-least-once',
      ),
    ).not.toThrow();
    expect(
      ask(
        callbackSink(() => {}),
        'exactly-once',
      ),
    ).toThrowError(expect.objectContaining({ code: 'SLUICE_GUARANTEE', remedy: expect.stringContaining('sink-1') }));
  });

  it('is told at the start', async () => {
    const made = job(idempotent);
    const events: unknown[] = [];
    made.events.subscribe((event) => events.push(event));
    await made.run();
    expect(events[0]).toMatchObject({ type: 'started', guarantee: { level: 'effectively-once' } });
  });
});
