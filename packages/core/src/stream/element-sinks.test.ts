import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { arraySource, createJob, fromSource, noRestart, to } from '../index.js';
import { callbackSink } from './callback-sink.js';
import { fromObservable } from './from-observable.js';
import { observerSink } from './observer-sink.js';
import { writableSink } from './writable-sink.js';

const run = (values: readonly unknown[], sink: Parameters<typeof to<unknown>>[0]) =>
  createJob('sinking', fromSource(arraySource(values)).pipe(to(sink)), { restart: noRestart() }).run();

/** Takes chunks one at a time, each when it is told to. */
function slowWritable(options: { readonly highWaterMark?: number } = {}) {
  const taken: unknown[] = [];
  const waiting: ((error?: Error) => void)[] = [];
  const stream = new Writable({
    objectMode: true,
    highWaterMark: options.highWaterMark ?? 2,
    write(chunk, _encoding, done) {
      taken.push(chunk);
      waiting.push(done);
    },
  });
  return { stream, taken, take: (error?: Error) => waiting.shift()?.(error) };
}

describe('what elements cannot come from or go to', () => {
  it.each([undefined, null, 5, {}])('is refused before anything starts: %s', (value) => {
    const given = value as never;
    const error = (component: string) => expect.objectContaining({ component, remedy: expect.any(String) });
    expect(() => callbackSink(given)).toThrow(error('callbackSink'));
    expect(() => observerSink(given)).toThrow(error('observerSink'));
    expect(() => writableSink(given)).toThrow(error('writableSink'));
    expect(() => fromObservable(given)).toThrow(error('fromObservable'));
  });
});

describe('callbackSink', () => {
  it('waits for every kind of promise, those that begin only then included', async () => {
    const done: unknown[] = [];
    const lazy = (n: unknown) => ({
      // biome-ignore lint/suspicious/noThenProperty: it is what such libraries give.
      then(resolve: () => void) {
        setImmediate(() => {
          done.push(n);
          resolve();
        });
      },
    });
    await run(
      [1, 2, 3],
      callbackSink((n) => lazy(n) as unknown as Promise<void>),
    );
    expect(done).toEqual([1, 2, 3]);
  });

  it('minds nothing else that its function answers', async () => {
    const given: unknown[] = [];
    const answers = [null, 5, 'then', {}];
    const answer = (value: unknown) => {
      given.push(value);
      return value as undefined;
    };
    await run(answers, callbackSink(answer));
    expect(given).toEqual(answers);
  });
});

describe('observerSink', () => {
  it('gives each element, and completes once at the end of the input', async () => {
    const got: unknown[] = [];
    const subject = new Subject<unknown>();
    subject.subscribe({ next: (n) => got.push(n), complete: () => got.push('complete') });
    await run([1, 2], observerSink(subject));
    expect(got).toEqual([1, 2, 'complete']);
  });

  it('whose observer throws fails the job, and is not told of it', async () => {
    const told: unknown[] = [];
    const observer = {
      next() {
        throw new Error('no');
      },
      error: (error: unknown) => told.push(error),
      complete: () => told.push('complete'),
    };
    await expect(run([1], observerSink(observer))).rejects.toThrow('no');
    expect(told).toEqual([]);
  });

  it('works with a next alone', async () => {
    const got: unknown[] = [];
    await run([1], observerSink({ next: (n) => got.push(n) }));
    expect(got).toEqual([1]);
  });
});

describe('writableSink', () => {
  it('writes each element, waits for drain, and leaves the stream open', async () => {
    const taken: unknown[] = [];
    const stream = new Writable({
      objectMode: true,
      highWaterMark: 2,
      write(chunk, _encoding, done) {
        taken.push(chunk);
        setImmediate(done);
      },
    });
    const values = Array.from({ length: 100 }, (_, n) => n + 1);
    await run(values, writableSink(stream));
    expect(taken).toEqual(values);
    expect(stream.writableEnded).toBe(false);
    expect(stream.listenerCount('error') + stream.listenerCount('drain') + stream.listenerCount('close')).toBe(0);
  });

  it('is full while the stream is: the job waits for drain', async () => {
    const { stream, take } = slowWritable();
    const values = Array.from({ length: 1_000 }, (_, n) => n + 1);
    const running = run(values, writableSink(stream));
    for (let i = 0; i < 50; i++) await turn();
    expect(stream.writableLength).toBeLessThan(20);
    const timer = setInterval(() => {
      for (let i = 0; i < 50; i++) take();
    }, 1);
    await running;
    clearInterval(timer);
  });

  it('flushes when every chunk has been taken, and not before', async () => {
    const { stream, take } = slowWritable({ highWaterMark: 10 });
    const sink = writableSink<number>(stream);
    const writer = await (sink as Extract<typeof sink, { guarantee: 'at-least-once' }>).open({} as never);
    writer.write(1, 0);
    writer.write(2, 0);
    let flushed = false;
    const flushing = writer.flush().then(() => {
      flushed = true;
    });
    writer.write(3, 0);
    take();
    await turn();
    expect(flushed).toBe(false);
    await turn();
    take();
    await flushing;
    take();
    await writer.close();
  });

  it('makes chunks, and ends the stream at the end of the input when asked to', async () => {
    const taken: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        taken.push(String(chunk));
        done();
      },
    });
    await run([1, 2], writableSink(stream, { chunk: (n) => `${n}\n`, end: true }));
    expect(taken.join('')).toBe('1\n2\n');
    expect(stream.writableFinished).toBe(true);
  });

  it('whose stream fails, or is closed by somebody, fails the job', async () => {
    const failing = new Writable({
      objectMode: true,
      write: (_chunk, _encoding, done) => done(new Error('broken pipe')),
    });
    await expect(run([1, 2], writableSink(failing))).rejects.toThrow('broken pipe');
    const closing = new Writable({ objectMode: true, write: () => void closing.destroy() });
    await expect(run([1, 2], writableSink(closing))).rejects.toMatchObject({
      code: expect.stringMatching(/SLUICE_WRITABLE|ERR_STREAM_DESTROYED/),
    });
    const ended = new Writable().end();
    await expect(run([1], writableSink(ended))).rejects.toMatchObject({ code: 'SLUICE_WRITABLE' });
  });
});
