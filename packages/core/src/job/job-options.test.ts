import { describe, expect, it } from 'vitest';
import {
  arraySource,
  callbackSink,
  configure,
  createJob,
  fromSource,
  type JobOptions,
  keyBy,
  memoryCheckpoints,
  scanByKey,
  to,
} from '../index.js';

const storage = memoryCheckpoints();
const flow = () => fromSource(arraySource([1])).pipe(to(callbackSink(() => {})));

describe('options of a job', () => {
  it.each<[string, unknown, string]>([
    ['guarantee', { guarantee: 'twice' }, 'SLUICE_OPTION'],
    ['uids', { uids: 'some' }, 'SLUICE_OPTION'],
    ['startFrom', { startFrom: 'yesterday' }, 'SLUICE_OPTION'],
    ['startFrom without a path', { startFrom: {} }, 'SLUICE_OPTION'],
    ['parallelism', { parallelism: 2 }, 'SLUICE_PARALLELISM'],
    ['maxParallelism', { maxParallelism: 0 }, 'SLUICE_OPTION'],
    ['maxParallelism that is too large', { maxParallelism: 40_000 }, 'SLUICE_OPTION'],
    ['state', { state: { specVersion: 1, name: 'rocksdb' } }, 'SLUICE_OPTION'],
    ['storage', { checkpoints: { interval: '1s', storage: {} } }, 'SLUICE_OPTION'],
    ['interval', { checkpoints: { interval: 0, storage } }, 'SLUICE_OPTION'],
    ['interval that is no duration', { checkpoints: { interval: 'soon', storage } }, 'SLUICE_DURATION'],
    ['timeout', { checkpoints: { interval: 1, timeout: -1, storage } }, 'SLUICE_OPTION'],
    ['minPause', { checkpoints: { interval: 1, minPause: -1, storage } }, 'SLUICE_OPTION'],
    ['tolerableFailures', { checkpoints: { interval: 1, tolerableFailures: -1, storage } }, 'SLUICE_OPTION'],
    ['retained', { checkpoints: { interval: 1, retained: 0, storage } }, 'SLUICE_OPTION'],
    ['incremental', { checkpoints: { interval: 1, incremental: 'yes', storage } }, 'SLUICE_OPTION'],
    ['mode', { checkpoints: { interval: 1, mode: 'maybe', storage } }, 'SLUICE_OPTION'],
    ['unaligned', { checkpoints: { interval: 1, unaligned: true, storage } }, 'SLUICE_OPTION'],
    ['unaligned after a time', { checkpoints: { interval: 1, unaligned: { after: '1s' }, storage } }, 'SLUICE_OPTION'],
  ])('%s is refused before anything starts', (_name, options, code) => {
    expect(() => createJob('options', flow(), options as JobOptions)).toThrowError(expect.objectContaining({ code }));
  });

  it('parallelism of an operator above 1 is refused', () => {
    const parallel = fromSource(arraySource([1])).pipe(
      keyBy((n) => n),
      configure({ parallelism: 4 }),
      to(callbackSink(() => {})),
    );
    expect(() => createJob('parallel', parallel)).toThrowError(expect.objectContaining({ code: 'SLUICE_PARALLELISM' }));
  });

  it('uids are required of operators with state when asked for', () => {
    const stateful = (uid?: string) =>
      fromSource(arraySource([1])).pipe(
        configure({ uid: 'numbers' }),
        keyBy((n) => n),
        scanByKey(
          (sum: number, n: number) => sum + n,
          () => 0,
          uid === undefined ? {} : { uid },
        ),
        to(
          callbackSink(() => {}),
          { uid: 'out' },
        ),
      );
    expect(() => createJob('uids', stateful(), { uids: 'required' })).toThrowError(
      expect.objectContaining({ code: 'SLUICE_UID' }),
    );
    expect(() => createJob('uids', stateful('sum'), { uids: 'required' })).not.toThrow();
  });

  it('a job needs a name and flows that end in a sink', () => {
    expect(() => createJob('', flow())).toThrowError(expect.objectContaining({ code: 'SLUICE_FLOW' }));
    expect(() => createJob('none', [])).toThrowError(expect.objectContaining({ code: 'SLUICE_FLOW' }));
    expect(() => createJob('open', fromSource(arraySource([1])) as never)).toThrowError(
      expect.objectContaining({ code: 'SLUICE_FLOW' }),
    );
  });
});
