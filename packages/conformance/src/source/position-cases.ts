import { setTimeout as sleep } from 'node:timers/promises';
import { disagreements } from '../kit/compare.js';
import { type ConformanceItem, itemsFrom } from '../kit/item.js';
import { SeededNumbers } from '../kit/random.js';
import { noneOf } from '../kit/violation.js';
import { allItems, readSplits, startReading } from './read-splits.js';
import type { SourceStage } from './source-stage.js';

const ITEMS = 240;
/** Restores, each from another cut through all splits. */
const CUTS = 3;

/** A place to read on from, and how many elements of its split were before it. */
interface Mark<P> {
  readonly count: number;
  readonly position: P | undefined;
}

interface FirstRead<P> {
  readonly items: ReadonlyMap<string, readonly ConformanceItem[]>;
  readonly marks: ReadonlyMap<string, readonly Mark<P>[]>;
}

/** Reads everything once, and notes positions: behind each element of some batches, behind the last one of all. */
async function markedRead<T, S, P>(stage: SourceStage<T, S, P>): Promise<FirstRead<P>> {
  await stage.append(itemsFrom(0, ITEMS));
  const run = await startReading(stage, 1);
  const marks = new Map<string, Mark<P>[]>(run.splits.map(({ id }) => [id, [{ count: 0, position: undefined }]]));
  const counts = new Map<string, number>();
  const items = await readSplits(stage, {
    ...run,
    expected: ITEMS,
    onBatch(split, batch) {
      const before = counts.get(split) ?? 0;
      for (let index = 0; index < batch.items.length; index++) {
        const position = stage.persisted(run.source, batch.positionAfter(index));
        marks.get(split)?.push({ count: before + index + 1, position });
      }
      counts.set(split, before + batch.items.length);
    },
  });
  await stage.within('close()', run.reader.close());
  return { items, marks };
}

/** Reads on from one mark of each split, in a run of its own. */
async function readOn<T, S, P>(
  stage: SourceStage<T, S, P>,
  { items, marks }: FirstRead<P>,
  choose: (marks: readonly Mark<P>[]) => Mark<P> | undefined,
  epoch: number,
  instance: { readonly subtask?: number; readonly parallelism?: number } = {},
): Promise<string[]> {
  const run = await startReading(stage, epoch, instance);
  const chosen = new Map(run.splits.map(({ id }) => [id, choose(marks.get(id) ?? [])]));
  const rest = new Map([...items].map(([id, list]) => [id, list.slice(chosen.get(id)?.count ?? 0)]));
  const found = await readSplits(stage, {
    ...run,
    positions: new Map([...chosen].map(([id, mark]) => [id, mark?.position])),
    expected: allItems(rest).length,
  });
  await stage.within('close()', run.reader.close());
  return [...rest].flatMap(([id, list]) =>
    disagreements(list, found.get(id) ?? [], { kind: 'exact' }).map(
      (problem) => `${problem}, read on behind element ${chosen.get(id)?.count ?? 0} of split ${id}`,
    ),
  );
}

export async function replaysFromAnyPosition<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  const first = await markedRead(stage);
  noneOf(disagreements(itemsFrom(0, ITEMS), allItems(first.items), { kind: 'exact' }));
  const random = new SeededNumbers(stage.settings.seed, 'positions');
  for (let cut = 1; cut <= CUTS; cut++) {
    noneOf(await readOn(stage, first, (marks) => marks[random.between(0, marks.length - 1)], cut + 1));
  }
}

export async function endsBehindTheLast<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  const first = await markedRead(stage);
  noneOf(await readOn(stage, first, (marks) => marks.at(-1), 2));
}

export async function rescale<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  const first = await markedRead(stage);
  const random = new SeededNumbers(stage.settings.seed, 'rescale');
  const middle = (marks: readonly Mark<P>[]) => marks[random.between(1, Math.max(1, marks.length - 2))] ?? marks[0];
  noneOf(await readOn(stage, first, middle, 2, { subtask: 1, parallelism: 2 }));
}

export async function followsNewElements<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  await stage.append(itemsFrom(0, 50));
  const run = await startReading(stage, 1);
  const more = sleep(300)
    .then(() => stage.append(itemsFrom(50, 25)))
    .then(() => sleep(300));
  const rest = more.then(() => stage.append(itemsFrom(75, 25)));
  const found = await readSplits(stage, { ...run, expected: 100 });
  await rest;
  noneOf(disagreements(itemsFrom(0, 100), allItems(found), { kind: 'exact' }));
}

export async function acknowledgeIsRepeatable<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  const { marks, items } = await markedRead(stage);
  const run = await startReading(stage, 2);
  const positionsAt = (which: number): Map<string, P> => {
    const positions = new Map<string, P>();
    for (const [id, list] of marks) {
      const position = list.at(which)?.position;
      if (position !== undefined) positions.set(id, position);
    }
    return positions;
  };
  // As the engine may: while it reads, the newest twice, and an old one late.
  let told = false;
  const found = await readSplits(stage, {
    ...run,
    expected: ITEMS,
    async onBatch() {
      if (told) return;
      told = true;
      for (const [checkpoint, which] of [
        [2, -1],
        [2, -1],
        [1, 1],
      ] as const) {
        await stage.within('checkpointComplete()', run.reader.checkpointComplete?.(checkpoint, positionsAt(which)));
      }
    },
  });
  noneOf(disagreements(allItems(items), allItems(found), { kind: 'exact' }));
}
