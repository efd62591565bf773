import type { Mutation } from '../simulated/bundle.js';

/** A mistake, and the row of the scorecard that has to notice it. */
export interface Mutant extends Mutation {
  readonly name: string;
  readonly row: number;
  /** Of the row; the first that it has when left out. */
  readonly mode?: string;
  readonly point?: string;
  /** A seed before one that shows it, where that takes many runs; 1 when left out. */
  readonly from?: number;
  /** Elsewhere, for what is made sure of in two places. */
  readonly and?: Mutation;
  /** The row runs a real server and processes, and the mistake is in what they load. */
  readonly real?: true;
}

const CHECKPOINT = 'packages/core/src/checkpoint';
const OPERATORS = 'packages/core/src/operators';
const WINDOWS = 'packages/core/src/windows';

export const mutants: readonly Mutant[] = [
  {
    name: 'the barrier is forwarded before elements that are under way',
    file: 'packages/core/src/operators/async-map.ts',
    row: 1,
    snippet: 'captureQueue(uid, queue)',
    replacement: 'captureQueue(uid, new AsyncQueue(true))',
  },
  {
    name: 'the barrier does not end the transaction before it',
    file: 'packages/core/src/task/sink-runtime.ts',
    row: 1,
    snippet: 'writer.begin() : undefined);\n      current = undefined;',
    replacement: 'writer.begin() : undefined);',
  },
  {
    name: 'the position is that behind the next element',
    file: 'packages/core/src/task/split-reader.ts',
    row: 1,
    snippet: 'index > 0 ? batch.positionAfter(index - 1)',
    replacement: 'index > 0 ? batch.positionAfter(index)',
  },
  {
    name: 'the position is that of the last element itself',
    file: 'packages/core/src/task/split-reader.ts',
    row: 1,
    snippet: 'index > 0 ? batch.positionAfter(index - 1)',
    replacement: 'index > 1 ? batch.positionAfter(index - 2)',
  },
  {
    name: 'transactions are committed before the manifest is published',
    file: 'packages/core/src/checkpoint/coordinator.ts',
    row: 1,
    snippet: 'const publication = publishTogether(',
    replacement:
      'for (const { sink, committables } of prepared) await sink.commit(committables);\n    const publication = publishTogether(',
  },
  {
    name: 'timers are forgotten in the snapshot',
    file: 'packages/core/src/operators/keyed-process-timers.ts',
    row: 1,
    snippet: 'event.write(writer);\n    processing.write(writer);',
    replacement: 'writer.varint(0);\n    writer.varint(0);',
  },
  {
    name: 'a superseded run may go on writing checkpoints',
    file: 'packages/core/src/checkpoint/memory-checkpoints.ts',
    row: 1,
    snippet: 'if (held.epoch !== epoch) throw',
    replacement: 'if (held.epoch < epoch) throw',
  },
  {
    name: 'the watermark of an operator is not restored',
    file: 'packages/core/src/operators/keyed-operator.ts',
    row: 1,
    snippet: 'this.watermark = reader.float64();',
    replacement: 'reader.float64();',
  },
  {
    name: 'what a restored checkpoint holds is not committed',
    file: 'packages/core/src/task/sink-runtime.ts',
    row: 1,
    snippet: 'await commit(committables);\n      writer',
    replacement: 'writer',
  },
  {
    name: 'an entry is changed before the open snapshot has it',
    file: 'packages/core/src/state/table.ts',
    row: 1,
    snippet:
      'getForUpdate(id: number): V | undefined {\n    if (this.generations.changed[id] !== this.generations.current) this.gate.touch(id);',
    replacement: 'getForUpdate(id: number): V | undefined {',
  },
  {
    name: 'a run goes on whose savepoint failed after transactions had been sealed for it',
    file: 'packages/core/src/job/job-run.ts',
    row: 1,
    snippet: 'else if (cause.fatal) this.failed(cause.reason);',
    replacement: '',
  },
  {
    name: 'a checkpoint that failed after transactions had been sealed does not fail the run',
    file: 'packages/core/src/checkpoint/coordinator.ts',
    row: 1,
    snippet: 'return new CheckpointFailed(reason, sealed || inDoubt || !tolerated)',
    replacement: 'return new CheckpointFailed(reason, inDoubt || !tolerated)',
  },
  {
    name: 'the blobs of a publication that is under way are removed',
    file: 'packages/core/src/checkpoint/coordinator.ts',
    row: 1,
    from: 110,
    snippet: 'attempt.publishing = true;',
    replacement: '',
  },
  {
    name: 'windows are restored without the times at which they fire',
    file: 'packages/core/src/operators/window-aligned.ts',
    row: 1,
    snippet: 'schedule(id, window.start + size - 1);\n    }',
    replacement: '{}\n    }',
  },
  {
    name: 'elements of a restored asyncMap are not submitted again',
    file: 'packages/core/src/operators/async-map.ts',
    row: 1,
    snippet: 'restoreQueue(context.restored, uid, submit,',
    replacement: 'restoreQueue(context.restored, uid, () => {},',
  },
  {
    name: 'a watermark overtakes the elements that are under way',
    file: 'packages/core/src/operators/async-map.ts',
    row: 1,
    from: 50,
    snippet: 'if (queue.empty) out.watermark(timestamp);',
    replacement: 'if (queue.elements < 3) out.watermark(timestamp);',
  },
  {
    name: 'a file of a checkpoint is not synced',
    row: 1,
    mode: 'power loss',
    file: `${CHECKPOINT}/file-lease.ts`,
    snippet: 'await file.sync().catch(failed);',
    replacement: '',
  },
  {
    name: 'the folder of manifests is not synced',
    row: 1,
    mode: 'power loss',
    file: `${CHECKPOINT}/file-lease.ts`,
    snippet: 'await this.fs.syncDirectory(checkpoints);\n    } catch',
    replacement: '} catch',
  },
  {
    name: 'the checksum of a blob is not looked at',
    row: 11,
    file: `${CHECKPOINT}/blob.ts`,
    snippet: "if (hash.digest('hex') !== ref.sha256)",
    replacement: 'if (false)',
    and: {
      file: `${CHECKPOINT}/blob-file.ts`,
      snippet: 'if (!sameBytes(hash.digest(), stored))',
      replacement: 'if (false)',
    },
  },
  {
    name: 'the checksum of a manifest is not looked at',
    row: 11,
    file: `${CHECKPOINT}/envelope.ts`,
    snippet: 'if (!sameBytes(sha256(body), bytes.subarray(body.length)))',
    replacement: 'if (false)',
  },
  {
    name: 'an older checkpoint is used although a transactional sink may have committed beyond it',
    row: 11,
    mode: 'transactional',
    file: `${CHECKPOINT}/open-checkpoint.ts`,
    snippet: 'if (manifest.sinks.size > 0) return true;',
    replacement: '',
  },
  {
    name: 'a damaged checkpoint is never replaced by an older one',
    row: 11,
    mode: 'idempotent',
    file: `${CHECKPOINT}/open-checkpoint.ts`,
    snippet: 'if (!isDamaged(error)) throw error;\n      failure ??= error;',
    replacement: 'throw error;\n      failure ??= error;',
  },
  {
    name: 'a failed checkpoint fails the run although failures are tolerated',
    row: 12,
    mode: 'idempotent',
    file: `${CHECKPOINT}/coordinator.ts`,
    snippet: '++this.failures <= this.settings.tolerableFailures',
    replacement: '++this.failures < 0',
  },
  {
    name: 'checkpoints have no timeout',
    row: 13,
    file: `${CHECKPOINT}/coordinator.ts`,
    snippet: 'const late = clock.sleep(timeout, sleep.signal)',
    replacement: 'const late = clock.sleep(timeout * 1000, sleep.signal)',
  },
  {
    name: 'a commit that is to be tried again is taken for done',
    row: 14,
    file: 'packages/core/src/task/sink-runtime.ts',
    snippet: 'await context.clock.sleep(result.after, context.signal);\n        continue;',
    replacement: 'break;',
  },
  {
    name: 'positions are those after the barrier has been sent on, and an element more',
    row: 15,
    file: 'packages/core/src/task/split-reader.ts',
    snippet: 'index > 0 ? batch.positionAfter(index - 1)',
    replacement: 'index > 0 && index < batch.values.length ? batch.positionAfter(index)',
  },
  {
    name: 'watermarks go by the clock of the machine',
    row: 21,
    mode: 'an hour ahead',
    file: 'packages/core/src/time/bounded-out-of-orderness.ts',
    snippet: 'if (timestamp > this.newest) this.newest = timestamp;',
    replacement: 'this.newest = Math.max(this.newest, timestamp) + (Date.now() % 7) * 40;',
  },
  {
    name: 'a watermark is one millisecond too high',
    row: 21,
    mode: 'frozen',
    file: 'packages/core/src/time/bounded-out-of-orderness.ts',
    snippet: 'return this.newest - this.lag - 1;',
    replacement: 'return this.newest + 1;',
  },
  {
    name: 'lateness is a millisecond too long',
    row: 22,
    file: `${OPERATORS}/window-general.ts`,
    snippet: 'if (!accepted && eventTime && timestamp + allowedLateness <= control.watermark)',
    replacement: 'if (!accepted && eventTime && timestamp + allowedLateness < control.watermark)',
  },
  {
    name: 'sessions that touch do not merge',
    row: 22,
    file: `${OPERATORS}/window-sessions.ts`,
    snippet: 'while (session !== undefined && session.start > end)',
    replacement: 'while (session !== undefined && session.start >= end)',
  },
  {
    name: 'a count trigger counts on after it has fired',
    row: 22,
    file: `${WINDOWS}/count-trigger.ts`,
    snippet: "state.clear();\n      return 'fire';",
    replacement: "return 'fire';",
  },
  {
    name: 'purging keeps the elements',
    row: 22,
    file: `${WINDOWS}/purging.ts`,
    snippet: "return result === 'fire' ? 'fireAndPurge' : result;",
    replacement: 'return result;',
  },
  {
    name: 'the time evictor keeps what is exactly too old',
    row: 22,
    file: `${WINDOWS}/evictors.ts`,
    snippet: 'timestamp <= newest - span',
    replacement: 'timestamp < newest - span',
  },
  {
    name: 'PostgreSQL: the command tag of COMMIT is ignored',
    row: 10,
    mode: 'ledger',
    real: true,
    file: 'connectors/postgres/src/server/transaction.ts',
    snippet: "if (command !== 'COMMIT') throw",
    replacement: "if (command === '') throw",
  },
  {
    name: 'PostgreSQL: the fence and the ledger are dropped',
    row: 5,
    mode: 'ledger',
    point: 'afterManifestPublished',
    real: true,
    file: 'connectors/postgres/src/recovery/fence.ts',
    snippet: 'if (rowCount !== 1) throw this.superseded();',
    replacement: 'if (rowCount === null) throw this.superseded();',
    and: {
      file: 'connectors/postgres/src/recovery/ledger.ts',
      snippet: 'ON CONFLICT DO NOTHING`,\n      keyOf(transaction),\n    );\n    return rowCount === 1;',
      replacement: 'ON CONFLICT DO NOTHING`,\n      keyOf(transaction),\n    );\n    return rowCount !== null;',
    },
  },
];
