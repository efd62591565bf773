import { disagreements } from '../kit/compare.js';
import { itemOf, itemsFrom } from '../kit/item.js';
import { failsWithoutServer, refusedEagerly, spokenSecrets, toldClearly } from '../kit/refusal.js';
import { messageOf, noneOf, violated } from '../kit/violation.js';
import { allItems, readSplits, startReading } from './read-splits.js';
import type { SourceStage } from './source-stage.js';

export async function optionsAreValidated<T, S, P>({ options }: SourceStage<T, S, P>): Promise<void> {
  noneOf(refusedEagerly(options.invalidOptions ?? {}));
}

export async function unreachableIsAClearError<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  const { unreachable } = stage.options;
  if (unreachable === undefined) return;
  const source = await unreachable();
  const start = async (): Promise<void> => {
    await source.discover(stage.signal);
    await stage.open(source, stage.context(1));
  };
  await failsWithoutServer(stage, start(), stage.options.secrets);
}

const EACH = 15;

export async function poisonIsTold<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  const { poison } = stage.options;
  if (poison === undefined) return;
  await stage.append(itemsFrom(0, EACH));
  await stage.within('append() of poison', poison.append(stage.place, itemOf(0).key));
  await stage.append(itemsFrom(EACH, EACH));
  let sideOutputs = 0;
  const run = await startReading(stage, 1);
  const read = readSplits(stage, {
    ...run,
    expected: poison.outcome === 'fails' ? Number.POSITIVE_INFINITY : 2 * EACH,
    onBatch: (_split, batch) => {
      sideOutputs += batch.sideOutputs;
    },
  });
  if (poison.outcome === 'fails') return failsAtIt(stage, read);
  noneOf(disagreements(itemsFrom(0, 2 * EACH), allItems(await read), { kind: 'exact' }));
  const told = poison.outcome === 'side-output' ? 1 : 0;
  if (sideOutputs !== told)
    violated(`of one record that cannot be decoded, ${sideOutputs} came as side outputs instead of ${told}`);
}

async function failsAtIt<T, S, P>(stage: SourceStage<T, S, P>, read: Promise<unknown>): Promise<void> {
  const error = await read.then(
    () => undefined,
    (cause: unknown) => cause ?? new Error('nothing'),
  );
  if (error === undefined) violated('a record that cannot be decoded did not fail the run, and nothing was told of it');
  toldClearly(error);
  noneOf(spokenSecrets([...stage.spoken.lines, messageOf(error)], stage.options.secrets));
}
