import { describe, expect, it } from 'vitest';
import {
  arraySource,
  callbackSink,
  configure,
  createJob,
  fromSource,
  type JobOptions,
  type OperatorOptions,
  to,
  union,
} from '../index.js';

const sink = () => to<number>(callbackSink(() => {}));
const configured = (options: OperatorOptions) => () =>
  createJob('settings', fromSource(arraySource([1])).pipe(configure(options), sink()));

describe('settings that nothing does are refused when the job is built', () => {
  it('slot sharing groups', () => {
    expect(configured({ slotSharingGroup: 'a' })).toThrow(expect.objectContaining({ code: 'SLUICE_NOT_BUILT' }));
  });

  it('a chaining that there is not', () => {
    expect(configured({ chain: 'sometimes' as 'never' })).toThrow(expect.objectContaining({ code: 'SLUICE_OPTION' }));
  });

  it('a restart strategy made by hand', () => {
    const options: JobOptions = { restart: { kind: 'always' } };
    expect(() => createJob('settings', fromSource(arraySource([1])).pipe(sink()), options)).toThrow(
      expect.objectContaining({ code: 'SLUICE_OPTION' }),
    );
  });

  it('no time between two looks for splits', () => {
    expect(() => fromSource(arraySource([1]), { discoveryInterval: 0 })).toThrow(
      expect.objectContaining({ code: 'SLUICE_OPTION' }),
    );
  });
});

it('a union of no streams is an empty stream', async () => {
  const out: unknown[] = [];
  const job = createJob('nothing', union().pipe(to(callbackSink((value) => void out.push(value)))));
  expect(await job.run()).toEqual({ status: 'finished', restarts: 0 });
  expect(out).toEqual([]);
});
