import { itemsFrom } from '../kit/item.js';
import { violated } from '../kit/violation.js';
import { flush, startWriter, writeAll } from './sink-run.js';
import type { SinkStage } from './sink-stage.js';

export async function keyIsDeterministic<T>(stage: SinkStage<T>): Promise<void> {
  const [first, second] = [await stage.sink(), await stage.sink()];
  if (first.guarantee !== 'idempotent' || second.guarantee !== 'idempotent') return;
  for (const item of itemsFrom(0, 50)) {
    const key = first.keyOf(stage.element(item));
    if (typeof key !== 'string') violated(`keyOf() answers a ${typeof key}`);
    for (const again of [first, second]) {
      const other = again.keyOf(stage.element({ ...item }));
      if (other !== key)
        violated(`keyOf() answers ${JSON.stringify(key)} and then ${JSON.stringify(other)} for item ${item.id}`);
    }
  }
}

export async function replayChangesNothing<T>(stage: SinkStage<T>): Promise<void> {
  const items = itemsFrom(0, 200);
  const first = await startWriter(stage, 1);
  await writeAll(stage, first.writer, items.slice(0, 60));
  await flush(stage, first, 1);
  await writeAll(stage, first.writer, items.slice(60));
  await stage.within('flush() whose checkpoint is never complete', first.writer.flush());
  await stage.within('close()', first.writer.close());
  // As after a crash: twice from the last complete checkpoint, behind which elements had been written already.
  for (const epoch of [2, 3]) {
    const { sink, writer } = await startWriter(stage, epoch);
    await writeAll(stage, writer, items.slice(60, epoch === 2 ? 130 : undefined));
    await stage.within('flush()', writer.flush());
    await stage.within('close()', writer.close());
    if (epoch === 3) await stage.expectVisible(sink, items, 'after elements had been written up to three times');
  }
}
