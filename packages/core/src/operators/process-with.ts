import type { StateShape } from '../state/descriptor.js';
import type { StreamObserver } from '../stream/element.js';
import type { KeyRegister, OperatorContext } from '../stream/operator.js';
import { KeyedProcess, type ProcessContext, type TimerContext } from './keyed-process.js';
import type { Emits } from './many.js';
import { MultiInput } from './multi-input.js';

/** The handlers of `processWith`. What they return is emitted. */
export interface KeyedCoProcessHandlers<K, L, RI, S extends StateShape, R, R2, RT> {
  readonly state?: S;
  onLeft(value: L, context: ProcessContext<K, S>): Emits<R>;
  onRight(value: RI, context: ProcessContext<K, S>): Emits<R2>;
  onTimer?(timestamp: number, context: TimerContext<K, S>): Emits<RT>;
}

/** Makes the two inputs of an operator, left and right, each with the register of its keys. */
export type CreateTwoInputs = (
  context: OperatorContext,
  keys: readonly [left: KeyRegister, right: KeyRegister],
  out: StreamObserver<never>,
) => readonly [left: StreamObserver<unknown>, right: StreamObserver<unknown>];

/** The inputs of `processWith`. */
export function createProcessWith<K, L, RI, S extends StateShape, R, R2, RT>(
  process: KeyedCoProcessHandlers<K, L, RI, S, R, R2, RT>,
): CreateTwoInputs {
  const { state } = process;
  const onTimer = process.onTimer?.bind(process);
  const handlers = [process.onLeft.bind(process), process.onRight.bind(process)] as const;
  return (context, keys, out) => {
    const inputs = new MultiInput(
      2,
      {
        watermark: (timestamp) => keyed.control.advance(timestamp),
        barrier: (barrier) => keyed.control.barrier(barrier),
        status: (idle) => keyed.control.status(idle),
        error: (error) => keyed.control.error(error),
        complete: () => keyed.control.complete(),
      },
      'processWith',
    );
    const keyed = new KeyedProcess(context, out, { component: 'processWith', state, onTimer, header: inputs });
    const input = (place: 0 | 1): StreamObserver<unknown> => {
      const handle = keyed.elements(keys[place], handlers[place]);
      return {
        next(value, timestamp) {
          if (inputs.aligning) throw inputs.outOfWave();
          handle(value, timestamp);
        },
        ...inputs.input(place),
      };
    };
    return [input(0), input(1)];
  };
}
