import { describe, expect, test } from 'vitest';
import { harness, settled, stateOf } from './batch-writer.harness.js';
import { SluiceError } from './error.js';

describe('failures', () => {
  test('stick: flush, the promise of a full writer and every later write reject with the same', async () => {
    const { clock, write, writer, calls } = harness({ maxCount: 1 });
    const [, full] = write(1, 2);
    const flush = writer.flush();
    const cause = new Error('disk');
    calls[0]?.fail(cause);
    await expect(flush).rejects.toMatchObject({ code: 'SLUICE_BATCH_WRITE', component: 'batchWriter of acme', cause });
    expect(await stateOf(full)).toBe('SLUICE_BATCH_WRITE');
    expect(await stateOf(writer.write(3, 0))).toBe('SLUICE_BATCH_WRITE');
    expect(await stateOf(writer.flush())).toBe('SLUICE_BATCH_WRITE');
    await clock.advance(10_000);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.signal.aborted).toBe(true);
  });

  test('are transient when their cause is', async () => {
    for (const transient of [true, false]) {
      const { write, writer, calls } = harness({ maxCount: 1 });
      write(1);
      const flush = writer.flush();
      calls[0]?.fail(
        new SluiceError({
          code: 'SLUICE_ACME',
          component: 'acme',
          expected: 'it',
          actual: 'no',
          remedy: 'wait',
          transient,
        }),
      );
      await expect(flush).rejects.toMatchObject({ code: 'SLUICE_BATCH_WRITE', transient });
    }
  });

  test('of a write that throws at once, of a reject with no output, and of an absurd pause', async () => {
    const thrown = harness({
      maxCount: 1,
      write: () => {
        throw new Error('at once');
      },
    });
    thrown.write(1);
    expect(await stateOf(thrown.writer.flush())).toBe('SLUICE_BATCH_WRITE');

    const refused = harness();
    Object.assign(refused.rejected, {
      push: () => {
        throw new Error('no output');
      },
    });
    refused.write(1);
    const flush = refused.writer.flush();
    refused.calls[0]?.answer({ rejected: [{ value: 1, cause: 'x' }] });
    await expect(flush).rejects.toMatchObject({ cause: new Error('no output') });

    const absurd = harness();
    absurd.write(1);
    const later = absurd.writer.flush();
    absurd.calls[0]?.answer({ retry: [1], retryAfter: Number.NaN });
    await expect(later).rejects.toMatchObject({ cause: { code: 'SLUICE_DURATION' } });
  });

  test('that nobody waits for are no unhandled rejections', async () => {
    const { write, calls, writer } = harness({ maxCount: 1 });
    write(1, 2);
    calls[0]?.fail(new Error('unseen'));
    await settled();
    writer.write(3, 0);
    await settled();
  });
});

describe('close', () => {
  test('gives up what has not been written, aborts what is, and waits for it', async () => {
    const closed: string[] = [];
    const { write, writer, calls, clock } = harness({ maxCount: 1, close: async () => void closed.push('closed') });
    const [, full] = write(1, 2);
    const flush = writer.flush();
    const close = writer.close();
    expect(calls[0]?.signal.aborted).toBe(true);
    expect(await Promise.all([full, flush, close].map(stateOf))).toEqual([
      'SLUICE_BATCH_CLOSED',
      'SLUICE_BATCH_CLOSED',
      'pending',
    ]);
    expect(closed).toEqual([]);
    calls[0]?.answer({ retry: [1], rejected: [{ value: 1, cause: 'late' }] });
    await close;
    await clock.advance(100_000);
    expect(closed).toEqual(['closed']);
    expect(calls).toHaveLength(1);
  });

  test('is idempotent, and nothing is taken after it', async () => {
    let times = 0;
    const { writer } = harness({ close: async () => void times++ });
    expect(writer.close()).toBe(writer.close());
    await writer.close();
    expect(times).toBe(1);
    expect(await stateOf(writer.write(1, 0))).toBe('SLUICE_BATCH_CLOSED');
    expect(await stateOf(writer.flush())).toBe('SLUICE_BATCH_CLOSED');
  });

  test('ends lingers and pauses', async () => {
    const lingering = harness({ linger: '1h' });
    lingering.write(1);
    await lingering.writer.close();
    expect(lingering.clock.sleeping).toBe(0);
    expect(lingering.listeners.count).toBe(0);

    const pausing = harness();
    pausing.write(1);
    void pausing.writer.flush().catch(() => {});
    pausing.calls[0]?.answer({ retry: [1], retryAfter: '1h' });
    await settled();
    expect(pausing.clock.sleeping).toBeGreaterThan(0);
    await pausing.writer.close();
    expect(pausing.clock.sleeping).toBe(0);
  });

  test('keeps the failure before it', async () => {
    const { write, writer, calls } = harness({ maxCount: 1 });
    write(1);
    calls[0]?.fail(new Error('disk'));
    await settled();
    await writer.close();
    expect(await stateOf(writer.flush())).toBe('SLUICE_BATCH_WRITE');
  });

  test('the end of the run does the same to what waits', async () => {
    const { run, write, writer, calls } = harness({ maxCount: 1 });
    write(1);
    const flush = writer.flush();
    run.abort(new Error('stopped'));
    expect(calls[0]?.signal.aborted).toBe(true);
    await expect(flush).rejects.toMatchObject({ code: 'SLUICE_BATCH_CLOSED', cause: new Error('stopped') });

    const ended = harness();
    ended.run.abort();
    ended.write(1);
    expect(await stateOf(ended.writer.flush())).toBe('SLUICE_BATCH_CLOSED');
    expect(ended.calls).toEqual([]);
  });
});
