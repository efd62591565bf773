import type { StreamObserver } from './element.js';

/**
 * The inputs of several streams that become one: the watermark is the minimum over the inputs that are not idle and never goes back, a
 * barrier goes on when all inputs have it.
 */
export function createUnion(count: number, out: StreamObserver<unknown>): StreamObserver<unknown>[] {
  const control = joinedControls(count, out);
  return Array.from({ length: count }, (_, input) => ({ next: out.next, ...control(input) }));
}

type Controls = Omit<StreamObserver<unknown>, 'next'>;

/** The control notifications of an operator with several inputs, joined and given to `out`. */
export function joinedControls(count: number, out: Controls): (input: number) => Controls {
  const watermarks = new Array<number>(count).fill(Number.NEGATIVE_INFINITY);
  const idle = new Array<boolean>(count).fill(false);
  let current = Number.NEGATIVE_INFINITY;
  let allIdle = false;
  let barriers = 0;
  let completed = 0;
  const advance = (): void => {
    let lowest = Number.POSITIVE_INFINITY;
    let ended = 0;
    let active = 0;
    for (let input = 0; input < count; input++) {
      const watermark = watermarks[input] ?? Number.NEGATIVE_INFINITY;
      if (watermark === Number.POSITIVE_INFINITY) ended++;
      else if (!idle[input]) {
        active++;
        lowest = Math.min(lowest, watermark);
      }
    }
    // An input that has ended says nothing of the others: the final watermark is sent when all have.
    if ((active > 0 || ended === count) && lowest > current) {
      current = lowest;
      out.watermark(current);
    }
    const nowIdle = active === 0 && ended < count;
    if (nowIdle !== allIdle) {
      allIdle = nowIdle;
      out.status(allIdle);
    }
  };
  return (input) => ({
    watermark(timestamp) {
      if (timestamp <= (watermarks[input] ?? Number.NEGATIVE_INFINITY)) return;
      watermarks[input] = timestamp;
      advance();
    },
    barrier(barrier) {
      if (++barriers < count) return;
      barriers = 0;
      out.barrier(barrier);
    },
    status(isIdle) {
      if (idle[input] === isIdle || watermarks[input] === Number.POSITIVE_INFINITY) return;
      idle[input] = isIdle;
      advance();
    },
    error: (error) => out.error(error),
    complete() {
      if (++completed === count) out.complete();
    },
  });
}
