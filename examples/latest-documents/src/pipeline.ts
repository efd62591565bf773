import {
  createJob,
  exponentialDelay,
  fileCheckpoints,
  fromSource,
  type Job,
  json,
  keyBy,
  processKeyed,
  type Rejected,
  type Source,
  sideOutput,
  to,
  valueStateOf,
} from '@sluice/core';
import { elasticsearchSink } from '@sluice/elasticsearch';
import { fileSink, ndjson } from '@sluice/file';
import { kafkaSource, type PoisonRecord } from '@sluice/kafka';
import { map } from 'rxjs';
import type { Change } from './change.js';

/** Of each document the changes that are newer than what there is: one that is sent again, however late, is left out. */
export function newestOf(changes: Source<Change>) {
  return fromSource(changes).pipe(
    keyBy((change) => change.id),
    processKeyed({
      state: { revision: valueStateOf(() => 0) },
      onElement(change: Change, { state }) {
        if (change.revision <= state.revision.get()) return undefined;
        state.revision.set(change.revision);
        return change;
      },
    }),
  );
}

/** What nobody could read or take, and why. */
export interface DeadLetter {
  readonly from: string;
  readonly why: string;
  readonly what: string;
}

export interface DocumentsOptions {
  readonly name: string;
  readonly brokers: readonly string[];
  readonly elasticsearch: string;
  readonly checkpoints: string;
  readonly deadLetters: string;
}

/** Kafka in, Elasticsearch out; the document's revision is its version there, so that nothing old ever replaces something new. */
export function documentsJob({ name, brokers, elasticsearch, checkpoints, deadLetters }: DocumentsOptions): Job {
  const poison$ = sideOutput<PoisonRecord>('poison');
  const refused$ = sideOutput<Rejected<Change>>('refused');
  const changes = kafkaSource({
    brokers,
    topic: name,
    groupId: name,
    startingOffsets: 'earliest',
    value: json<Change>(),
    poison: poison$,
  });
  const index = elasticsearchSink<Change>({
    node: elasticsearch,
    index: name,
    id: (change) => change.id,
    version: (change) => change.revision,
    action: (change) => (change.deleted ? 'delete' : 'index'),
    document: ({ title, price, revision }) => ({ title, price, revision, deleted: false }),
  });
  const letters = () =>
    to(fileSink<DeadLetter>({ directory: deadLetters, format: ndjson(), roll: { everyCheckpoint: true } }));
  return createJob(
    name,
    [
      newestOf(changes).pipe(to(index, { rejected: refused$ })),
      poison$.pipe(
        map(({ partition, offset, bytes, cause }) => ({
          from: `partition ${partition}, offset ${offset}`,
          why: reasonOf(cause),
          what: new TextDecoder().decode(bytes),
        })),
        letters(),
      ),
      refused$.pipe(
        map(({ value, cause }) => ({ from: value.id, why: reasonOf(cause), what: JSON.stringify(value) })),
        letters(),
      ),
    ],
    {
      guarantee: 'exactly-once',
      restart: exponentialDelay({ attempts: 3 }),
      checkpoints: { interval: '1s', storage: fileCheckpoints(checkpoints) },
    },
  );
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
