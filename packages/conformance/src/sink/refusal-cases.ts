import { SluiceError } from '@sluice/connector-sdk';
import { itemsFrom } from '../kit/item.js';
import { failsWithoutServer, refusedEagerly, spokenSecrets, toldClearly } from '../kit/refusal.js';
import { messageOf, noneOf, violated } from '../kit/violation.js';
import { prepare, startTransactional, startWriter, writeAll } from './sink-run.js';
import type { SinkStage } from './sink-stage.js';

export async function optionsAreValidated<T>({ options }: SinkStage<T>): Promise<void> {
  noneOf(refusedEagerly(options.invalidOptions ?? {}));
}

export async function unreachableIsAClearError<T>(stage: SinkStage<T>): Promise<void> {
  const { unreachable } = stage.options;
  if (unreachable === undefined) return;
  const sink = await unreachable();
  const context = stage.context(1);
  const start = async (): Promise<void> => {
    await sink.check?.(context);
    if (sink.guarantee === 'transactional') stage.keep(await sink.openCommitter(context));
    const writer = await sink.open(context);
    stage.keep(writer);
    if (sink.guarantee === 'transactional' || !('flush' in writer)) return;
    await writeAll(stage, writer, itemsFrom(0, 1));
    await writer.flush();
  };
  await failsWithoutServer(stage, start(), stage.options.secrets);
}

export async function checkPasses<T>(stage: SinkStage<T>): Promise<void> {
  const sink = await stage.sink();
  const { guarantee } = stage.options;
  if (sink.guarantee !== guarantee) violated(`create() made a sink that is ${sink.guarantee}, not ${guarantee}`);
  await stage.within('check()', sink.check?.(stage.context(1)));
  await stage.within('check() for a second time', sink.check?.(stage.context(1)));
  noneOf(spokenSecrets(stage.spoken.lines, stage.options.secrets));
}

export async function poisonIsTold<T>(stage: SinkStage<T>): Promise<void> {
  const { poison } = stage.options;
  if (poison === undefined) return;
  const sink = await stage.sink();
  const failure = await attempt(stage, poison.element);
  if (poison.outcome === 'fails') {
    if (failure === undefined)
      violated('an element that can never be written was neither written nor did it fail the run');
    toldClearly(failure);
    noneOf(spokenSecrets([messageOf(failure)], stage.options.secrets));
    return;
  }
  if (failure !== undefined)
    violated(`an element that was to be rejected failed the run: ${messageOf(failure)}`, failure);
  const times = stage.rejected.length;
  if (times !== 1) violated(`of one element that can never be written, ${times} were rejected`);
  if (stage.rejected[0]?.value !== poison.element)
    violated('another value than the element was given to context.reject');
  await stage.expectVisible(sink, itemsFrom(0, 60), 'beside one that was rejected');
}

/** Good elements with a bad one among them, up to their commit; answers what failed. */
async function attempt<T>(stage: SinkStage<T>, poison: T): Promise<unknown> {
  const write = async (target: { write(value: T, timestamp: number): Promise<void> | undefined }): Promise<void> => {
    await writeAll(stage, target, itemsFrom(0, 30));
    await stage.within('the promise of write()', target.write(poison, 0));
    await writeAll(stage, target, itemsFrom(30, 30));
  };
  try {
    if ((await stage.sink()).guarantee === 'transactional') {
      const run = await startTransactional(stage, 1);
      const transaction = run.writer.begin();
      await write(transaction);
      await stage.commit(run.committer, await prepare(stage, run, transaction, 1));
    } else {
      const { writer } = await startWriter(stage, 1);
      await write(writer);
      await stage.within('flush()', writer.flush());
    }
    return undefined;
  } catch (error) {
    // What commit() answered is wrapped in a violation: what counts is its cause.
    const { cause } = error as { readonly cause?: unknown };
    return SluiceError.isInstance(error) || cause === undefined ? error : cause;
  }
}
