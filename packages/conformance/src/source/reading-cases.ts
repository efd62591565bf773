import { setTimeout as sleep } from 'node:timers/promises';
import { structuredCodec } from '@sluice/connector-sdk';
import { disagreements, disorder } from '../kit/compare.js';
import { itemsFrom } from '../kit/item.js';
import { noneOf, violated } from '../kit/violation.js';
import { allItems, type OnBatch, readSplits, startReading } from './read-splits.js';
import type { SourceStage } from './source-stage.js';

const ITEMS = 300;

async function readAll<T, S, P>(stage: SourceStage<T, S, P>, onBatch?: OnBatch<T, P>) {
  await stage.append(itemsFrom(0, ITEMS));
  const run = await startReading(stage, 1);
  return allItems(await readSplits(stage, { ...run, expected: ITEMS, onBatch }));
}

export async function readsEverything<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  noneOf(disagreements(itemsFrom(0, ITEMS), await readAll(stage), { kind: 'exact' }));
}

export async function orderIsKept<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  noneOf(disorder(await readAll(stage)));
}

export async function discoverIsStable<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  await stage.append(itemsFrom(0, ITEMS));
  const looks = [];
  for (let look = 0; look < 3; look++) {
    const source = await stage.source();
    const { splitCodec: codec = structuredCodec<S>() } = source;
    const splits = await stage.discover(source);
    for (const { split } of splits) codec.decode(codec.version, codec.encode(split));
    looks.push(splits.map(({ id }) => id).sort());
  }
  const [first = []] = looks;
  if (first.length === 0) violated('discover() answers no split although there is something to read');
  if (new Set(first).size < first.length) violated(`discover() answers an id twice: ${first.join(', ')}`);
  for (const ids of looks) {
    if (ids.join('\n') !== first.join('\n')) violated(`discover() answers ${ids.join(', ')} after ${first.join(', ')}`);
  }
}

export async function batchesAreWellFormed<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  const { maxBatch = Number.POSITIVE_INFINITY } = stage.options;
  const found = await readAll(stage, async (split, batch, { values, timestamps, progress, sideOutputs = [] }) => {
    const { length } = values;
    const wrong = (what: string): never => violated(`a batch of ${length} elements of split ${split} ${what}`);
    if (length > maxBatch) wrong(`holds more than ${maxBatch}`);
    if (timestamps !== undefined && timestamps.length !== length) wrong(`has ${timestamps.length} timestamps`);
    const times = Array.from(timestamps ?? []);
    if (times.some((time) => typeof time !== 'number')) wrong('has a timestamp that is no number');
    if (progress !== undefined && !(progress >= 0 && progress <= 1)) wrong(`tells a progress of ${progress}`);
    if (sideOutputs.some(({ before }) => !(before >= 0 && before <= length))) wrong('has a side output outside of it');
    await sleep(5);
    const later = Array.from({ length: values.length }, (_, index) => stage.item(values[index] as T));
    const changed = values.length !== length || later.some((item, index) => item.id !== batch.items[index]?.id);
    if (changed) wrong('changed before the next one was pulled');
  });
  noneOf(disagreements(itemsFrom(0, ITEMS), found, { kind: 'exact' }));
}

/** Longer than a fetch, a poll or a heartbeat takes. */
const PAUSE = 1_500;

export async function waitsWithoutLoss<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  const paused = new Set<string>();
  const found = await readAll(stage, async (split) => {
    if (paused.has(split)) return;
    paused.add(split);
    await sleep(PAUSE);
  });
  noneOf(disagreements(itemsFrom(0, ITEMS), found, { kind: 'exact' }));
}
