import { arraySource, createJob, to } from '@sluice/core';
import { collectSink } from '@sluice/testing';
import { expect, it } from 'vitest';
import type { Change } from './change.js';
import { newestOf } from './pipeline.js';

const lamp = (revision: number, title: string): Change => ({ id: 'lamp', revision, title });
const changes: readonly Change[] = [
  lamp(1, 'Lamp'),
  lamp(3, 'Old lamp'),
  lamp(2, 'New lamp'),
  { id: 'desk', revision: 1, title: 'Desk' },
  lamp(3, 'Old lamp'),
  { id: 'lamp', revision: 4, deleted: true },
];
const newest = [changes[0], changes[1], changes[3], changes[5]];

it('lets only those changes through that are newer than what there is', async () => {
  const sink = collectSink<Change>();
  await createJob('newest', newestOf(arraySource(changes)).pipe(to(sink))).run();
  expect(sink.values).toEqual(newest);
});
