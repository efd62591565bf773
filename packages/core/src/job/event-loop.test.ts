import type { Source } from '@sluice/connector-sdk';
import { expect, it } from 'vitest';
import { callbackSink } from '../stream/callback-sink.js';
import { fromSource } from '../stream/from-source.js';
import { to } from '../stream/to.js';
import { createJob } from './create-job.js';

/** Longer than any test waits: gives up when nobody stops it. */
const TOO_LONG = 3000;

it('leaves timers their turn when a source always has its next batch at hand', async () => {
  let stopped = false;
  const begun = performance.now();
  const eager: Source<number> = {
    specVersion: 1,
    name: 'eager',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'all', split: undefined }],
    open: async () => ({
      async *read() {
        for (let batch = 0; !stopped && performance.now() - begun < TOO_LONG; batch++) {
          yield { values: [1, 2, 3], positionAfter: (index: number) => batch * 3 + index + 1 };
        }
      },
      close: async () => {},
    }),
  };
  const timer = setTimeout(() => {
    stopped = true;
  }, 20);
  try {
    await createJob('eager', fromSource(eager).pipe(to(callbackSink(() => {})))).run();
    expect(stopped).toBe(true);
  } finally {
    clearTimeout(timer);
  }
});
