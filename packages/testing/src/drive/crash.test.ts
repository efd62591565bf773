import { defineSink, type TransactionalSink } from '@sluice/connector-sdk';
import { arraySource, createJob, fromSource, memoryCheckpoints, to } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { drive } from './drive.js';
import { CHECKPOINT_POINTS } from './job-internals.js';

/** A sink that writes down every call that reaches it, and whether it was told of an end. */
function watchedSink(): { readonly sink: TransactionalSink<number, string>; readonly calls: string[] } {
  const calls: string[] = [];
  const note = (call: string): void => void calls.push(call);
  const sink = defineSink<number, string>({
    name: 'watched',
    guarantee: 'transactional',
    committableCodec: {
      version: 1,
      encode: (id) => new TextEncoder().encode(id),
      decode: (_v, b) => new TextDecoder().decode(b),
    },
    async open({ signal }) {
      note('open');
      signal.addEventListener('abort', () => note('aborted'));
      return {
        begin() {
          note('begin');
          return {
            write() {
              note('write');
              return undefined;
            },
            async prepare(checkpoint) {
              note('prepare');
              return [`t${checkpoint}`];
            },
            abort: async () => note('abort'),
          };
        },
        close: async () => note('close'),
      };
    },
    openCommitter: async () => ({
      recover: async (restored) => note(`recover ${restored.join()}`),
      async commit(id) {
        note(`commit ${id}`);
        return { status: 'committed' };
      },
      close: async () => note('close'),
    }),
  });
  return { sink, calls };
}

const rows = Array.from({ length: 50 }, (_, index) => index);

describe('a crashed run', () => {
  it.each([undefined, ...CHECKPOINT_POINTS])('reaches nobody any more (at %s)', async (point) => {
    const { sink, calls } = watchedSink();
    const job = createJob('watched', fromSource(arraySource(rows)).pipe(to(sink)), {
      checkpoints: { interval: '1h', storage: memoryCheckpoints() },
    });
    const driver = drive(job, { seed: 11 });
    await driver.checkpoint();
    await driver.crash(point);
    const before = [...calls];
    expect(before).not.toContain('close');
    expect(before).not.toContain('abort');
    expect(before).not.toContain('aborted');
    await driver.clock.advance('1h');
    expect(calls).toEqual(before);
    await driver.restart();
    expect(calls[before.length]).toMatch(/^recover/);
    await driver.finish();
    expect(calls.at(-1)).toBe('close');
  });

  it('has its committed transactions committed again when the crash came before that was known', async () => {
    const { sink, calls } = watchedSink();
    const job = createJob('watched', fromSource(arraySource(rows)).pipe(to(sink)), {
      checkpoints: { interval: '1h', storage: memoryCheckpoints() },
    });
    const driver = drive(job, { seed: 2 });
    await driver.advance(1);
    await driver.crash('afterPublish').catch(() => {});
    await driver.restart();
    const [recovered] = calls.filter((call) => call.startsWith('recover t'));
    const id = recovered?.split(' ')[1];
    if (id !== undefined) expect(calls).toContain(`commit ${id}`);
    await driver.finish();
  });
});
