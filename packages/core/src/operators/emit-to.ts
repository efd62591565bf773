import type { OperatorContext } from '../stream/operator.js';
import { type SideTarget, targetOf } from '../stream/side-target.js';

/** `emitTo` of a handler's context; `timestampOf` answers what an element has that is sent without a timestamp. */
export function createEmitTo(
  context: OperatorContext,
  timestampOf: () => number,
): (output: object, value: unknown, timestamp?: number) => void {
  const sides = new Map<object, (value: unknown, timestamp: number) => void>();
  return (output, value, timestamp = timestampOf()) => {
    let side = sides.get(output);
    if (side === undefined) {
      side = context.sideOutput(targetOf(output as SideTarget<never>));
      sides.set(output, side);
    }
    side(value, timestamp);
  };
}
