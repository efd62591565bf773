import { SluiceError } from '@sluice/connector-sdk';
import type { StreamObserver } from './element.js';
import type { OperatorContext } from './operator.js';
import { connectStockOperators, type StockOperator } from './rxjs-bridge.js';

/**
 * A run of stock RxJS operators as one operator of the graph. Values go through them, and each output takes the timestamp of the input
 * being processed; everything else passes beside them. The end of the input, which the final watermark brings, completes them first, so
 * that what they emit then still comes before it.
 */
export function createStockOperators(
  operators: readonly unknown[],
  context: OperatorContext,
  checkpointed: boolean,
  out: StreamObserver<unknown>,
): StreamObserver<unknown> {
  const { task } = context;
  let ended = false;
  let completed = false;
  const segment = connectStockOperators(operators as readonly StockOperator[], out, {
    failed: (error) => task.fail(error),
    emittedOutside(value, timestamp) {
      if (checkpointed) task.fail(emittedLater(context.name, task.lastCheckpoint()));
      else task.enter(() => out.next(value, timestamp));
    },
    completed() {
      completed = true;
      if (ended) task.enter(() => out.watermark(Number.POSITIVE_INFINITY));
    },
    subscribedAgain: () => task.fail(subscribedAgain(context.name)),
  });
  context.onClose(() => segment.close());
  /** Some operator still holds what it means to emit later. */
  const waitForOperators = (): void => {
    if (checkpointed) task.fail(emittedLater(context.name, task.lastCheckpoint()));
    else ended = true;
  };
  return {
    next: segment.next,
    watermark(timestamp) {
      if (timestamp === Number.POSITIVE_INFINITY) {
        segment.complete();
        if (!completed) return waitForOperators();
      }
      out.watermark(timestamp);
    },
    barrier: (barrier) => out.barrier(barrier),
    status: (idle) => out.status(idle),
    error: (error) => out.error(error),
    complete: () => out.complete(),
  };
}

function emittedLater(name: string, lastCheckpoint: number | undefined): SluiceError {
  return new SluiceError({
    code: 'SLUICE_ASYNC_EMISSION',
    component: name,
    expected: 'stock operators that emit, if they emit, while their input is being processed',
    actual: `an emission at another time, which no checkpoint holds; the last checkpoint before it is ${lastCheckpoint ?? 'none'}`,
    remedy: 'use asyncMap for asynchronous work and processKeyed with timers for delays',
  });
}

function subscribedAgain(name: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_RESUBSCRIBED',
    component: name,
    expected: 'stock operators that subscribe to their input once',
    actual: 'a second subscription, as repeat and retry make',
    remedy: 'put retry behind the last operator of this package, or leave restarts to the job',
  });
}
