import type { Clock } from '@sluice/connector-sdk';
import type { DataStream } from '@sluice/core';
import { type Barrier, fedStream, type StreamObserver } from './engine-streams.js';
import type { Marble, ParsedMarbles } from './parse-marbles.js';

/** A stream that gives what a marble diagram says, to each of its subscribers. */
export class MarbleSource {
  readonly stream: DataStream<unknown>;
  private readonly inputs: StreamObserver[] = [];
  private idle = false;
  private barriers = 0;

  constructor(
    clock: Clock,
    readonly parsed: ParsedMarbles,
    private readonly lookUp: (symbol: string) => unknown,
    private readonly error: unknown,
  ) {
    this.stream = fedStream(clock, (input) => this.inputs.push(input));
  }

  emit(marble: Marble): void {
    const { kind, frame, symbol } = marble;
    // What is not said to be idle any more is active by what it gives.
    if (this.idle && kind !== 'idle' && kind !== 'barrier') {
      this.idle = false;
      for (const input of this.inputs) input.status(false);
    }
    switch (kind) {
      case 'value':
        for (const input of this.inputs) input.next(this.lookUp(symbol), frame);
        return;
      case 'watermark':
        for (const input of this.inputs) input.watermark(frame);
        return;
      case 'barrier': {
        const barrier = encodingBarrier(++this.barriers);
        for (const input of this.inputs) input.barrier(barrier);
        return;
      }
      case 'idle':
        this.idle = true;
        for (const input of this.inputs) input.status(true);
        return;
      case 'complete':
        for (const input of this.inputs) input.watermark(Number.POSITIVE_INFINITY);
        return;
      case 'error':
        for (const input of this.inputs) input.error(this.error);
        return;
    }
  }
}

/** Encodes what it captures, as a checkpoint would: state that cannot be encoded is found. */
function encodingBarrier(checkpoint: number): Barrier {
  return {
    checkpoint,
    capture(state) {
      while (
        !state.encode(
          () => {},
          () => false,
        )
      );
    },
    prepare() {},
  };
}
