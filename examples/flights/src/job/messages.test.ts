import { SluiceError } from '@sluice/core';
import { expect, it } from 'vitest';
import { messageOf } from './messages.js';

it('says what JSON can carry', () => {
  const cause = new SluiceError({ code: 'SLUICE_X', component: 'c', expected: 'e', actual: 'a', remedy: 'r' });
  const guarantee = { level: 'exactly-once', reasons: [] } as const;
  expect(messageOf({ type: 'started', guarantee, restoredFrom: undefined }, 7)).toEqual({
    type: 'started',
    at: 7,
    restoredFrom: null,
  });
  const progress = { type: 'progress', elements: 1, elementsPerSecond: 1, timeLeftMs: undefined } as const;
  expect(messageOf({ ...progress, watermark: Number.NEGATIVE_INFINITY, fraction: undefined }, 7)).toEqual({
    type: 'progress',
    watermark: null,
    fraction: null,
  });
  expect(messageOf({ ...progress, watermark: 5, fraction: 0.5 }, 7)).toEqual({
    type: 'progress',
    watermark: 5,
    fraction: 0.5,
  });
  expect(messageOf({ type: 'checkpointFailed', checkpoint: 3, cause }, 7)).toEqual({
    type: 'warning',
    text: `checkpoint 3 failed: ${cause.message}`,
  });
  expect(messageOf({ type: 'finished', result: { status: 'suspended', restarts: 0 } }, 7)).toEqual({
    type: 'finished',
    at: 7,
    status: 'suspended',
  });
});
