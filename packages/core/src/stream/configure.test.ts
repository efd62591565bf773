import { expect, it } from 'vitest';
import {
  aggregate,
  arraySource,
  callbackSink,
  configure,
  countOf,
  createJob,
  fromSource,
  keyBy,
  monotonousTimestamps,
  to,
  tumbling,
  windowBy,
  withTimestamps,
} from '../index.js';

const windows = (uid?: string) =>
  fromSource(arraySource([1])).pipe(
    withTimestamps((at) => at, monotonousTimestamps()),
    keyBy((n) => n),
    windowBy(tumbling(10), uid === undefined ? {} : { uid }),
  );
const graph = (stream: ReturnType<typeof windows>, name: string) =>
  createJob(name, stream.pipe(to(callbackSink(() => {})))).toMermaid();

it('names the window whose aggregate it stands behind: that is where the state is', () => {
  const drawn = graph(windows().pipe(aggregate(countOf()), configure({ uid: 'per-minute' })) as never, 'configured');
  expect(drawn).toContain('per-minute');
  expect(drawn).not.toContain('windowBy-1');
  const given = graph(windows().pipe(aggregate(countOf(), { uid: 'per-minute' })) as never, 'given');
  expect(given).not.toContain('windowBy-1');
});

it('leaves a window its own name', () => {
  const drawn = graph(windows('minutes').pipe(aggregate(countOf()), configure({ uid: 'counts' })) as never, 'both');
  expect(drawn).toContain('minutes');
  expect(drawn).toContain('counts');
});
