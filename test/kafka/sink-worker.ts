import { setTimeout as sleep } from 'node:timers/promises';
import { defineSource } from '@sluice/connector-sdk';
import { createJob, fileCheckpoints, fromSource, json, noRestart, to } from '@sluice/core';
import { kafkaSink } from '@sluice/kafka';
import kafkajs, { type Producer, type Transaction } from 'kafkajs';
import { type JobRuntime, systemRuntime } from '../../packages/core/src/job/job-runtime.js';

/** What the job's own process does: the rows from 0, paced, into a topic; killed by itself where it is told to. */
export interface SinkWorkerPlan {
  readonly job: string;
  readonly folder: string;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly prefix: string;
  readonly rows: number;
  /** Undefined: it runs to its end. */
  readonly kill: { readonly point: string; readonly occurrence: number } | undefined;
}

/** Of the engine, between two steps of a checkpoint; and of one Kafka transaction. */
export const KILL_POINTS = [
  'afterBarrier',
  'afterPrepare',
  'afterStateWritten',
  'afterPublish',
  'beforeSend',
  'afterSend',
  'beforeCommit',
  'afterCommitSent',
  'afterCommit',
] as const;

const BATCH = 100;

async function runSinkWorker(plan: SinkWorkerPlan): Promise<void> {
  let left = plan.kill?.occurrence ?? 0;
  const reach = (point: string): void => {
    if (point === plan.kill?.point && --left === 0) process.kill(process.pid, 'SIGKILL');
  };
  tapTransactions(reach);
  const source = defineSource<{ readonly id: number }, { readonly rows: number }, number>({
    name: 'rows',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'rows', split: { rows: plan.rows } }],
    open: async () => ({
      async *read({ split }, position) {
        for (let from = position ?? 0; from < split.rows; from += BATCH) {
          const start = from;
          const values = Array.from({ length: Math.min(BATCH, split.rows - from) }, (_, index) => ({
            id: start + index,
          }));
          yield { values, positionAfter: (index: number) => start + index + 1 };
          await sleep(4);
        }
      },
      close: async () => {},
    }),
  });
  const { brokers, topic, prefix, job: name, folder } = plan;
  const sink = kafkaSink<{ readonly id: number }>({
    brokers,
    topic,
    value: json(),
    key: ({ id }) => `${id}`,
    ledgerTopic: `${prefix}-ledger`,
    transactionalIdPrefix: prefix,
  });
  const job = createJob(name, fromSource(source).pipe(to(sink)), {
    guarantee: 'exactly-once',
    checkpoints: { interval: 40, storage: fileCheckpoints(folder) },
    restart: noRestart(),
  });
  const internals = (job as unknown as Record<symbol, { use(runtime: JobRuntime): void }>)[
    Symbol.for('@sluice/core/job')
  ];
  internals?.use({ ...systemRuntime(), at: async (point) => reach(point) });
  await job.run();
}

/** The places inside one transaction, at the client library: nothing of the product knows that it is tested. */
function tapTransactions(reach: (point: string) => void): void {
  const { prototype } = kafkajs.Kafka;
  const original = prototype.producer;
  prototype.producer = function producer(...given: Parameters<typeof original>): Producer {
    const made = original.apply(this, given);
    const transaction = async (): Promise<Transaction> => {
      const real = await made.transaction();
      return {
        ...real,
        async sendBatch(batch) {
          reach('beforeSend');
          const answer = await real.sendBatch(batch);
          reach('afterSend');
          return answer;
        },
        async commit() {
          reach('beforeCommit');
          await real.commit();
          reach('afterCommitSent');
        },
      };
    };
    return { ...made, transaction };
  };
}

const plan = process.env.SLUICE_SINK_WORKER;
if (plan !== undefined) await runSinkWorker(JSON.parse(plan));
