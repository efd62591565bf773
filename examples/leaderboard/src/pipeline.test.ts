import { arraySource, createJob, type Keyed, to } from '@sluice/core';
import { collectIdempotentSink } from '@sluice/testing';
import { expect, it } from 'vitest';
import { type Lookup, type Score, totalsOf } from './pipeline.js';
import { httpLookup, startPlayerService } from './player-service.js';
import { PLAYERS, playerOf } from './players.js';

const scores: readonly Score[] = Array.from({ length: 300 }, (_, index) => ({
  player: index % PLAYERS,
  points: index,
}));

async function totals(lookup: Lookup): Promise<Map<string, number>> {
  const sink = collectIdempotentSink<Keyed<string, number>>(({ key }) => key);
  await createJob('totals', totalsOf(arraySource(scores), lookup).pipe(to(sink))).run();
  return new Map([...sink.byKey.values()].map(({ key, value }) => [key, value]));
}

function expected(): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { player, points } of scores) {
    const { name, factor } = playerOf(player);
    sums.set(name, (sums.get(name) ?? 0) + points * factor);
  }
  return sums;
}

it('every score counts for its player, with the factor', async () => {
  expect(await totals(async (player) => playerOf(player))).toEqual(expected());
});

it('refusals and answers that do not come are asked again', async () => {
  const service = await startPlayerService();
  try {
    expect(await totals(httpLookup(service.url))).toEqual(expected());
    expect(service.counts().refused).toBeGreaterThan(0);
    expect(service.counts().hung).toBeGreaterThan(0);
  } finally {
    await service.close();
  }
});
