import { createJob, memoryCheckpoints, to } from '@sluice/core';
import { collectTransactionalSink, drive } from '@sluice/testing';
import { generatedSource, randomOf } from '@sluice-examples/runner';
import { expect, it } from 'vitest';
import { tableOf } from './dashboard.js';
import { mentionOf } from './mentions.js';
import { type Ranking, rankingsOf, SHOWN, SLIDE, WINDOW } from './pipeline.js';

it('ranks every minute rightly, through crashes', async () => {
  const records = 9_000;
  const rankings = collectTransactionalSink<Ranking>();
  const source = generatedSource({ records, rate: 3_000, seed: 2, record: mentionOf });
  const job = createJob('top', rankingsOf(source).pipe(to(rankings)), {
    checkpoints: { interval: '300ms', storage: memoryCheckpoints() },
  });
  const driver = drive(job, { seed: 6 });
  for (let crash = 0; crash < 3; crash++) {
    await driver.advance('700ms');
    await driver.crash();
    await driver.restart();
  }
  await driver.finish();

  const mentions = Array.from({ length: records }, (_, index) => mentionOf(index, randomOf(2, index)));
  const times = mentions.map(({ at }) => at);
  const ends = rankings.values.map(({ at }) => at);
  expect(ends).toEqual([...new Set(ends)].sort((a, b) => a - b));
  expect(ends.length).toBe(Math.floor((Math.max(...times) + WINDOW) / SLIDE) - Math.floor(Math.min(...times) / SLIDE));
  for (const { at, topics } of rankings.values) {
    const counts = new Map<string, number>();
    for (const { topic, at: when } of mentions)
      if (when >= at - WINDOW && when < at) counts.set(topic, (counts.get(topic) ?? 0) + 1);
    const largest = [...counts.values()].sort((a, b) => b - a).slice(0, SHOWN);
    expect(topics.map((one) => one.mentions)).toEqual(largest);
    for (const { topic, mentions: n } of topics) expect(counts.get(topic)).toBe(n);
  }
});

it('draws the largest with the longest bar', () => {
  const text = tableOf({
    at: 0,
    topics: [
      { topic: 'rain', mentions: 20 },
      { topic: 'snow', mentions: 5 },
    ],
  });
  const bar = (topic: string) => /█+/.exec(text.split('\n').find((line) => line.includes(topic)) ?? '')?.[0].length;
  expect([bar('rain'), bar('snow')]).toEqual([40, 10]);
});
