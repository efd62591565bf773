/** A mistake in the engine's source that the simulation has to find. */
export interface Mutant {
  readonly name: string;
  /** Below `packages/core/src`. */
  readonly file: string;
  /** Occurs there once. */
  readonly snippet: string;
  readonly replacement: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'the barrier is forwarded before elements that are under way',
    file: 'operators/async-map.ts',
    snippet: 'captureQueue(uid, queue)',
    replacement: 'captureQueue(uid, new AsyncQueue(true))',
  },
  {
    name: 'the barrier does not end the transaction before it',
    file: 'task/sink-runtime.ts',
    snippet: 'writer.begin() : undefined);\n      current = undefined;',
    replacement: 'writer.begin() : undefined);',
  },
  {
    name: 'the position is that behind the next element',
    file: 'task/split-reader.ts',
    snippet: 'index > 0 ? batch.positionAfter(index - 1)',
    replacement: 'index > 0 ? batch.positionAfter(index)',
  },
  {
    name: 'the position is that of the last element itself',
    file: 'task/split-reader.ts',
    snippet: 'index > 0 ? batch.positionAfter(index - 1)',
    replacement: 'index > 1 ? batch.positionAfter(index - 2)',
  },
  {
    name: 'transactions are committed before the manifest is published',
    file: 'checkpoint/coordinator.ts',
    snippet: 'const publication = publishTogether(',
    replacement:
      'for (const { sink, committables } of prepared) await sink.commit(committables);\n    const publication = publishTogether(',
  },
  {
    name: 'timers are forgotten in the snapshot',
    file: 'operators/keyed-process-timers.ts',
    snippet: 'event.write(writer);\n    processing.write(writer);',
    replacement: 'writer.varint(0);\n    writer.varint(0);',
  },
  {
    name: 'a superseded run may go on writing checkpoints',
    file: 'checkpoint/memory-checkpoints.ts',
    snippet: 'if (held.epoch !== epoch) throw',
    replacement: 'if (held.epoch < epoch) throw',
  },
  {
    name: 'the watermark of an operator is not restored',
    file: 'operators/keyed-operator.ts',
    snippet: 'this.watermark = reader.float64();',
    replacement: 'reader.float64();',
  },
  {
    name: 'what a restored checkpoint holds is not committed',
    file: 'task/sink-runtime.ts',
    snippet: 'await commit(committables);\n      writer',
    replacement: 'writer',
  },
  {
    name: 'an entry is changed before the open snapshot has it',
    file: 'state/table.ts',
    snippet: 'getForUpdate(id: number): V | undefined {\n    if (id < this.gate.limit) this.gate.preserve(id);',
    replacement: 'getForUpdate(id: number): V | undefined {',
  },
  {
    name: 'a run goes on whose savepoint failed after transactions had been sealed for it',
    file: 'job/job-run.ts',
    snippet: 'else if (cause.fatal) this.failed(cause.reason);',
    replacement: '',
  },
  {
    name: 'a checkpoint that failed after transactions had been sealed does not fail the run',
    file: 'checkpoint/coordinator.ts',
    snippet: 'return new CheckpointFailed(reason, sealed || inDoubt)',
    replacement: 'return new CheckpointFailed(reason, inDoubt)',
  },
  {
    name: 'the blobs of a publication that is under way are removed',
    file: 'checkpoint/coordinator.ts',
    snippet: 'attempt.publishing = true;',
    replacement: '',
  },
  {
    name: 'windows are restored without the times at which they fire',
    file: 'operators/window-aligned.ts',
    snippet: 'schedule(id, window.start + size - 1);\n    }',
    replacement: '{}\n    }',
  },
  {
    name: 'elements of a restored asyncMap are not submitted again',
    file: 'operators/async-map.ts',
    snippet: 'restoreQueue(context.restored, uid, submit,',
    replacement: 'restoreQueue(context.restored, uid, () => {},',
  },
  {
    name: 'a watermark overtakes the elements that are under way',
    file: 'operators/async-map.ts',
    snippet: 'if (queue.empty) out.watermark(timestamp);',
    replacement: 'if (queue.elements < 3) out.watermark(timestamp);',
  },
];
