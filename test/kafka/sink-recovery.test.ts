import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaSink } from '@sluice/kafka';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { KafkaProducer, KafkaTransaction } from '../../connectors/kafka/src/client/producer.js';
import { describeWithService } from '../services/with-service.js';
import { commitAll, epochOf, ids, type Row, rowsOf, SinkHarness } from './sink-harness.js';

/** What happens to the next transaction that writes rows, at which of its steps. */
type Step = 'before-send' | 'after-send' | 'before-commit' | 'after-commit';

const line = vi.hoisted(() => ({
  at: undefined as undefined | ((step: Step) => Promise<void> | void),
  opened: 0,
  closed: 0,
}));

vi.mock('../../connectors/kafka/src/client/producer.js', async (original) => {
  const real = await original<typeof import('../../connectors/kafka/src/client/producer.js')>();
  const sending = (send: KafkaTransaction['send']): KafkaTransaction['send'] => {
    return async (records) => {
      await line.at?.('before-send');
      await send(records);
      await line.at?.('after-send');
    };
  };
  const tapped = (transaction: KafkaTransaction): KafkaTransaction => ({
    send: sending(transaction.send),
    sendPlain: sending(transaction.sendPlain),
    async commit() {
      await line.at?.('before-commit');
      await transaction.commit();
      await line.at?.('after-commit');
    },
    abort: () => transaction.abort(),
  });
  return {
    ...real,
    async openProducer(...given: Parameters<typeof real.openProducer>): Promise<KafkaProducer> {
      const producer = await real.openProducer(...given);
      line.opened++;
      return {
        ...producer,
        transaction: async () => tapped(await producer.transaction()),
        close() {
          line.closed++;
          return producer.close();
        },
      };
    },
  };
});

const lost = () => Object.assign(new Error('the connection is gone'), { name: 'KafkaJSConnectionClosedError' });
const error = (code: string) => expect.objectContaining({ code });
const failed = (code: string) => ({ status: 'failed', cause: error(code) });
const committed = { status: 'committed' };
const already = { status: 'alreadyCommitted', proof: expect.stringMatching(/ledger/) };
const STEPS: readonly Step[] = ['before-send', 'after-send', 'before-commit', 'after-commit'];

describeWithService('kafka', 'recovery of kafkaSink', (endpoint) => {
  const harness = new SinkHarness(endpoint);
  const expected = (count: number) => rowsOf(0, count).map(({ id }) => id);
  afterEach(() => {
    line.at = undefined;
  });

  function failOnce(at: Step): void {
    line.at = (step) => {
      if (step !== at) return;
      line.at = undefined;
      throw lost();
    };
  }

  test.each(STEPS)(
    'a connection lost %s: the producer is discarded, and the repeat writes each record once',
    async (step) => {
      const topic = await harness.topic();
      const run = await harness.run(harness.options(topic), 1);
      const first = await epochOf(run, 1, rowsOf(0, 50));
      failOnce(step);
      const closed = line.closed;
      expect(await run.committer.commit(first[0] as (typeof first)[0])).toMatchObject({ status: 'retryLater' });
      expect(line.closed).toBe(closed + 1);
      expect(await commitAll(run, first)).toEqual([step === 'after-commit' ? already : committed]);
      expect(await commitAll(run, await epochOf(run, 2, rowsOf(50, 80)))).toEqual([committed]);
      expect(ids(await harness.records(topic))).toEqual(expected(80));
      await run.close();
    },
  );

  test.each(STEPS)('a crash %s: the next run writes what is missing, and nothing twice', async (step) => {
    const topic = await harness.topic();
    const crashed = await harness.run(harness.options(topic), 1);
    const committables = await epochOf(crashed, 1, rowsOf(0, 50));
    // Whatever the crashed run does next never happens; its transaction stays as it is.
    const reached = new Promise<void>((resolve) => {
      line.at = (at) => {
        if (at !== step) return;
        resolve();
        return new Promise(() => {});
      };
    });
    void crashed.committer.commit(committables[0] as (typeof committables)[0]);
    await reached;
    line.at = undefined;
    const run = await harness.run(harness.options(topic), 2, committables);
    expect(await commitAll(run, committables)).toEqual([step === 'after-commit' ? already : committed]);
    expect(await commitAll(run, await epochOf(run, 2, rowsOf(50, 60)))).toEqual([committed]);
    expect(ids(await harness.records(topic))).toEqual(expected(60));
    await run.close();
    await crashed.committer.close();
  });

  test('the acknowledgement of the fence is lost as well', async () => {
    const topic = await harness.topic();
    failOnce('after-commit');
    const run = await harness.run(harness.options(topic), 1);
    expect(await commitAll(run, await epochOf(run, 1, rowsOf(0, 5)))).toEqual([committed]);
    await run.close();
  });

  test('a repeated commit is answered with its proof by the same run, the next, and the one after it', async () => {
    const topic = await harness.topic();
    const options = harness.options(topic);
    let run = await harness.run(options, 1);
    const committables = await epochOf(run, 1, rowsOf(0, 10));
    expect(await commitAll(run, committables)).toEqual([committed]);
    expect(await commitAll(run, committables)).toEqual([already]);
    for (const epoch of [2, 3]) {
      await run.close();
      run = await harness.run(options, epoch, committables);
      expect(await commitAll(run, committables)).toEqual([already]);
    }
    expect(ids(await harness.records(topic))).toEqual(expected(10));
    await run.close();
  });

  test('a savepoint that was prepared but never committed is committed when it is restored, whatever later runs wrote', async () => {
    const topic = await harness.topic();
    const options = harness.options(topic);
    const first = await harness.run(options, 1);
    await commitAll(first, await epochOf(first, 1, rowsOf(0, 5)));
    const savepoint = await epochOf(first, 2, rowsOf(5, 8));
    await first.close();
    const second = await harness.run(options, 2);
    await commitAll(second, await epochOf(second, 3, [{ id: 100 }]));
    await second.close();
    const third = await harness.run(options, 3, savepoint);
    expect(await commitAll(third, savepoint)).toEqual([committed]);
    expect(ids(await harness.records(topic))).toEqual([...expected(8), 100]);
    await third.close();
  });

  describe('zombies', () => {
    test('an older run that goes on later changes nothing, and does not stop the newer one', async () => {
      const topic = await harness.topic();
      const options = harness.options(topic);
      const zombie = await harness.run(options, 1);
      const shared = await epochOf(zombie, 1, rowsOf(0, 10));
      const own = await epochOf(zombie, 2, [{ id: 666 }]);
      const run = await harness.run(options, 2, shared);
      expect(await commitAll(run, shared)).toEqual([committed]);
      expect(await commitAll(zombie, [...shared, ...own])).toEqual([failed('SLUICE_FENCED'), failed('SLUICE_FENCED')]);
      expect(await commitAll(run, await epochOf(run, 2, rowsOf(10, 20)))).toEqual([committed]);
      expect(await commitAll(zombie, own)).toEqual([failed('SLUICE_FENCED')]);
      expect(await commitAll(run, await epochOf(run, 3, rowsOf(20, 30)))).toEqual([committed]);
      expect(ids(await harness.records(topic))).toEqual(expected(30));
      await Promise.all([zombie.close(), run.close()]);
    });

    test.each(['after-send', 'before-commit'] as const)(
      'stopped %s and going on when the newer run is there: its transaction is not committed',
      async (step) => {
        const topic = await harness.topic();
        const options = harness.options(topic);
        const zombie = await harness.run(options, 1);
        const shared = await epochOf(zombie, 1, rowsOf(0, 10));
        let goOn = () => {};
        const stopped = new Promise<void>((resolve) => {
          line.at = (at) => {
            if (at !== step) return;
            line.at = undefined;
            resolve();
            return new Promise<void>((wake) => {
              goOn = wake;
            });
          };
        });
        const late = commitAll(zombie, shared);
        await stopped;
        const run = await harness.run(options, 2, shared);
        expect(await commitAll(run, shared)).toEqual([committed]);
        goOn();
        expect(await late).toEqual([failed('SLUICE_FENCED')]);
        expect(ids(await harness.records(topic))).toEqual(expected(10));
        expect(await commitAll(run, await epochOf(run, 2, rowsOf(10, 12)))).toEqual([committed]);
        expect(ids(await harness.records(topic))).toEqual(expected(12));
        await Promise.all([zombie.close(), run.close()]);
      },
    );

    test('an older run that starts after a newer one is refused before it writes', async () => {
      const topic = await harness.topic();
      const newer = await harness.run(harness.options(topic), 5);
      await expect(harness.run(harness.options(topic), 4)).rejects.toEqual(error('SLUICE_FENCED'));
      expect(await commitAll(newer, await epochOf(newer, 1, rowsOf(0, 3)))).toEqual([committed]);
      await newer.close();
    });

    test('two runs that take turns at the same moment: one of them is fenced, nothing is written twice', async () => {
      const topic = await harness.topic();
      const options = harness.options(topic);
      const first = await harness.run(options, 1);
      const shared = await epochOf(first, 1, rowsOf(0, 20));
      const racing = Promise.all([commitAll(first, shared), harness.run(options, 2, shared)]);
      const [, second] = await racing;
      const [result] = await commitAll(second, shared);
      expect(['committed', 'alreadyCommitted']).toContain(result?.status);
      expect(await commitAll(second, await epochOf(second, 2, rowsOf(20, 25)))).toEqual([committed]);
      expect(ids(await harness.records(topic))).toEqual(expected(25));
      await Promise.all([first.close(), second.close()]);
    });
  });

  describe('incarnations', () => {
    test('a job started afresh on a used ledger is not answered with old proofs, and shuts the old one out', async () => {
      const topic = await harness.topic();
      const options = harness.options(topic);
      const old = await harness.run(options, 7);
      const oldOnes = await epochOf(old, 1, rowsOf(0, 5));
      expect(await commitAll(old, oldOnes)).toEqual([committed]);
      const incarnation = randomUUID();
      const fresh = await harness.run(options, 1, [], { incarnation });
      const transaction = fresh.writer.begin();
      for (const row of rowsOf(5, 9)) void transaction.write(row, 0);
      expect(await commitAll(fresh, await transaction.prepare(1))).toEqual([committed]);
      expect(await commitAll(old, await epochOf(old, 2, [{ id: 666 }]))).toEqual([failed('SLUICE_FENCED')]);
      await Promise.all([old.close(), fresh.close()]);
      const back = await harness.run(options, 8, oldOnes);
      expect(await commitAll(back, oldOnes)).toEqual([already]);
      expect(ids(await harness.records(topic))).toEqual(expected(9));
      await back.close();
    });
  });

  test('two sinks of one job do not meet', async () => {
    const [a, b] = [await harness.topic(), await harness.topic()];
    const first = await harness.run(harness.options(a), 1, [], { uid: 'a' });
    const second = await harness.run(harness.options(b), 1, [], { uid: 'b' });
    const [ofFirst, ofSecond] = [await epochOf(first, 1, rowsOf(0, 5)), await epochOf(second, 1, rowsOf(0, 7))];
    expect(await commitAll(first, ofFirst)).toEqual([committed]);
    expect(await commitAll(second, ofSecond)).toEqual([committed]);
    expect(await commitAll(first, await epochOf(first, 2, rowsOf(5, 6)))).toEqual([committed]);
    expect(ids(await harness.records(a))).toEqual(expected(6));
    expect(ids(await harness.records(b))).toEqual(expected(7));
    await Promise.all([first.close(), second.close()]);
  });

  test('a run of fewer subtasks commits what those that are no more have left, once', async () => {
    const topic = await harness.topic();
    const options = harness.options(topic);
    const runs = [
      await harness.run(options, 1, [], { subtask: 0, parallelism: 2 }),
      await harness.run(options, 1, [], { subtask: 1, parallelism: 2 }),
    ] as const;
    const left = [...(await epochOf(runs[0], 1, rowsOf(0, 5))), ...(await epochOf(runs[1], 1, rowsOf(5, 9)))];
    await commitAll(runs[1], left.slice(1));
    const alone = await harness.run(options, 2, left);
    expect(await commitAll(alone, left)).toEqual([committed, already]);
    expect(await commitAll(runs[1], await epochOf(runs[1], 2, [{ id: 666 }]))).toEqual([failed('SLUICE_FENCED')]);
    expect(ids(await harness.records(topic))).toEqual(expected(9));
    await Promise.all([...runs, alone].map((run) => run.close()));
  });

  test('nothing is committed behind an epoch that failed', async () => {
    const topic = await harness.topic();
    const run = await harness.run(harness.options(topic), 1);
    const first = await epochOf(run, 1, rowsOf(0, 3));
    const second = await epochOf(run, 2, rowsOf(3, 6));
    line.at = () => {
      line.at = undefined;
      throw Object.assign(new Error('refused'), { type: 'INVALID_RECORD', retriable: false });
    };
    expect(await commitAll(run, [...first, ...second])).toEqual([failed('SLUICE_KAFKA'), failed('SLUICE_KAFKA')]);
    expect(await harness.records(topic)).toEqual([]);
    await run.close();
  });

  test('a commit of a run that the ledger has dropped is refused, not repeated', async () => {
    const topic = await harness.topic();
    const options = harness.options(topic, { ledgerRuns: 2 });
    const first = await harness.run(options, 1);
    const oldest = await epochOf(first, 1, rowsOf(0, 3));
    await commitAll(first, oldest);
    await first.close();
    for (const epoch of [2, 3]) {
      const run = await harness.run(options, epoch);
      await commitAll(run, await epochOf(run, epoch, [{ id: epoch + 1 }]));
      await run.close();
    }
    const back = await harness.run(options, 4, oldest);
    expect(await commitAll(back, oldest)).toEqual([failed('SLUICE_KAFKA_PROOF_PRUNED')]);
    expect(ids(await harness.records(topic))).toEqual(expected(5));
    await back.close();
  });

  test('a checkpoint whose ledger is gone is refused, again and again, and nothing is repeated', async () => {
    const topic = await harness.topic();
    const first = await harness.run(harness.options(topic), 1);
    const committables = await epochOf(first, 1, rowsOf(0, 3));
    await commitAll(first, committables);
    await first.close();
    const elsewhere = harness.options(topic, { ledgerTopic: `${harness.name}-elsewhere` });
    for (const epoch of [2, 3]) {
      await expect(harness.run(elsewhere, epoch, committables)).rejects.toEqual(error('SLUICE_KAFKA_LEDGER_LOST'));
    }
    expect(ids(await harness.records(topic))).toEqual(expected(3));
  });

  test("another sink's open transaction in the ledger hides no proof: it is waited for", async () => {
    const topic = await harness.topic();
    const options = harness.options(topic);
    const first = await harness.run(options, 1);
    const committables = await epochOf(first, 1, rowsOf(0, 4));
    const other = harness.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      transactionalId: `${harness.name}-other`,
    });
    await other.connect();
    const open = await other.transaction();
    await open.send({ topic: harness.ledgerTopic, messages: [{ partition: 0, key: 'other', value: 'other' }] });
    expect(await commitAll(first, committables)).toEqual([committed]);
    const ended = sleep(1_000).then(() => open.abort());
    const run = await harness.run(options, 2, committables);
    expect(await commitAll(run, committables)).toEqual([already]);
    await ended;
    expect(ids(await harness.records(topic))).toEqual(expected(4));
    await other.disconnect();
    await Promise.all([first.close(), run.close()]);
  });

  test('no producer is left open', () => {
    expect(line.closed).toBe(line.opened);
  });

  test('a committable of a damaged checkpoint is refused', async () => {
    const { committableCodec } = kafkaSink<Row>(harness.options('t'));
    const transaction = { job: 'j', sink: 's', incarnation: 'i', epoch: 1, subtask: 0, checkpoint: 1 };
    const good = committableCodec.encode({
      transaction,
      batches: [{ topic: 't', partition: 0, records: 1, bytes: Uint8Array.of(0, 0, 0) }],
    });
    expect(() => committableCodec.decode(2, good)).toThrow(error('SLUICE_KAFKA_COMMITTABLE'));
    for (let length = 0; length < good.length; length++) {
      expect(() => committableCodec.decode(1, good.subarray(0, length))).toThrow(/SLUICE_(CODEC|KAFKA)_/);
    }
    const other = committableCodec.encode({
      transaction,
      batches: [{ topic: '../t', partition: 0, records: 0, bytes: new Uint8Array() }],
    });
    expect(() => committableCodec.decode(1, other)).toThrow(error('SLUICE_KAFKA_COMMITTABLE'));
  });
});
