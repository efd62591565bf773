import { setTimeout as sleep } from 'node:timers/promises';
import type { ConformanceItem } from '@sluice/conformance';
import { defineSink, type Sink, type SinkContext, type SinkWriter } from '@sluice/connector-sdk';
import { FolderTable } from './folder-table.js';
import type { WriterMistake } from './mistakes.js';

export interface WritingSinkOptions {
  readonly folder: string;
  readonly mistake?: WriterMistake | undefined;
}

const BATCH = 50;
/** Epochs are told apart from the ids of items in one number. */
const PER_EPOCH = 1e9;

/** Appends: at-least-once. */
export function loggingSink(options: WritingSinkOptions): Sink<ConformanceItem> {
  return defineSink<ConformanceItem>({
    name: 'folder-log',
    guarantee: 'at-least-once',
    open: async (context) => {
      const table = new FolderTable(options.folder);
      let number = 0;
      const append = (items: readonly ConformanceItem[]): void => {
        const order = `${String(context.epoch).padStart(6, '0')}-${String(++number).padStart(6, '0')}`;
        table.insert(`${order}-${process.pid}`, items);
      };
      return batching(options, context, append);
    },
  });
}

/** Puts the newest item under its key: idempotent. */
export function keyedSink(options: WritingSinkOptions): Sink<ConformanceItem> {
  const { folder, mistake } = options;
  let made = 0;
  return defineSink<ConformanceItem>({
    name: 'folder-keys',
    guarantee: 'idempotent',
    keyOf: ({ key }) => (mistake === 'key from a counter' ? `${key}-${++made}` : key),
    open: async (context) => {
      const table = new FolderTable(folder);
      return batching(options, context, (items) => {
        for (const item of items) put(table, item, context.epoch, mistake);
      });
    },
  });
}

function put(table: FolderTable, item: ConformanceItem, epoch: number, mistake: WriterMistake | undefined): void {
  const version = epoch * PER_EPOCH + item.id;
  const before = table.get(item.key);
  if (mistake === 'adds up' && before !== undefined) {
    table.put(item.key, version, { ...item, text: `${before.item.text}+${item.text}` });
  } else if (mistake === 'ignores what a run before it wrote' || before === undefined || before.version <= version) {
    table.put(item.key, version, item);
  }
}

/** Collects elements into batches, and writes each a moment later. */
function batching(
  { mistake }: WritingSinkOptions,
  context: SinkContext<ConformanceItem>,
  append: (items: readonly ConformanceItem[]) => void,
): SinkWriter<ConformanceItem> {
  let waiting: ConformanceItem[] = [];
  let written: Promise<unknown> = Promise.resolve();
  let sent = 0;
  let closed = false;

  function send(items: readonly ConformanceItem[]): void {
    if (mistake === 'batches overtake each other') {
      const alone = sleep(++sent % 2 === 1 ? 30 : 1).then(() => append(items));
      written = Promise.all([written, alone]);
    } else {
      written = written.then(() => sleep(1)).then(() => append(items));
    }
  }

  return {
    write(item) {
      if (item.id < 0) {
        if (mistake !== 'swallows an item error') context.reject(item, new Error('a negative id'));
        return undefined;
      }
      waiting.push(item);
      if (waiting.length < BATCH) return undefined;
      send(waiting.splice(0));
      return mistake === 'batches overtake each other' ? undefined : written.then(() => {});
    },
    async flush() {
      if (mistake === 'loses the last batch on flush') {
        waiting = [];
        return void (await written);
      }
      if (mistake === 'waits for a full batch') {
        while (waiting.length > 0) await sleep(10, undefined, { signal: context.signal });
        return void (await written);
      }
      if (mistake === 'acknowledges before durable') {
        const items = waiting.splice(0);
        // The place may be gone by then.
        void sleep(60)
          .then(() => append(items))
          .catch(() => {});
        return;
      }
      if (mistake === 'forgets what comes during a flush') {
        send([...waiting]);
        await written;
        waiting = [];
        return;
      }
      if (waiting.length > 0) send(waiting.splice(0));
      await written;
    },
    async close() {
      if (closed && mistake === 'fails when it is closed twice') throw new Error('closed already');
      closed = true;
      waiting = [];
      await written;
    },
  };
}
