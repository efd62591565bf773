import { createProcessKeyed } from '../../packages/core/src/operators/process-keyed.js';
import { mapState } from '../../packages/core/src/state/map-state.js';
import { valueStateOf } from '../../packages/core/src/state/value-state.js';
import type { StreamObserver } from '../../packages/core/src/stream/element.js';
import { OperatorBench } from '../oracle/operator-bench.js';
import { type Time, time } from './window-case.js';

/** Registers or deletes a timer of event or processing time. */
export type TimerOperation = readonly [operation: 're' | 'de' | 'rp' | 'dp', timestamp: number];

export type TimerInput =
  | readonly ['e', key: string, timestamp: number, operations: readonly TimerOperation[]]
  | readonly ['w', timestamp: Time]
  | readonly ['p', clock: number]
  | readonly ['snapshotRestore'];

export type TimerOutput = readonly [
  type: 't',
  key: string,
  domain: 'event' | 'processing',
  timer: number,
  timestamp: number | null,
  watermark: Time | 'min',
];

export interface TimerCase {
  readonly id: string;
  readonly input: readonly TimerInput[];
  /** Each firing registers a timer of the same clock so much later, so often per key. */
  readonly onTimer: { readonly again: number; readonly times: number } | null;
  readonly steps: readonly (readonly TimerOutput[])[];
}

/** Runs a case against `processKeyed`: the timers that fired after each input. */
export function runTimerCase(test: TimerCase): TimerOutput[][] {
  const create = operatorOf(test);
  let bench = new OperatorBench();
  let operator: StreamObserver<unknown> = create(bench.context, bench.out);
  let watermark = Number.NEGATIVE_INFINITY;
  return test.input.map((input) => {
    if (input[0] === 'e') {
      bench.inputKey.key = input[1];
      operator.next(input[3], input[2]);
    } else if (input[0] === 'w') {
      watermark = time(input[1]);
      operator.watermark(watermark);
    } else if (input[0] === 'p') {
      bench.advanceClock(input[1]);
    } else {
      bench = new OperatorBench({ restored: bench.snapshot(operator), now: bench.now });
      operator = create(bench.context, bench.out);
      operator.watermark(watermark);
    }
    return bench.takeValues().map(([value, timestamp]) => {
      const [type, key, domain, timer, , reached] = value as TimerOutput;
      return [type, key, domain, timer, Number.isNaN(timestamp) ? null : timestamp, reached];
    });
  });
}

function operatorOf({ onTimer }: TimerCase) {
  return createProcessKeyed({
    state: { fired: valueStateOf(() => 0), unused: mapState<string, number>() },
    onElement(operations: readonly TimerOperation[], { timers }) {
      for (const [operation, timestamp] of operations) {
        if (operation === 're') timers.event(timestamp);
        else if (operation === 'de') timers.deleteEvent(timestamp);
        else if (operation === 'rp') timers.processing(timestamp);
        else timers.deleteProcessing(timestamp);
      }
    },
    onTimer(timestamp, { key, domain, state, timers, watermark }) {
      if (onTimer !== null && state.fired.get() < onTimer.times) {
        state.fired.set(state.fired.get() + 1);
        if (domain === 'event') timers.event(timestamp + onTimer.again);
        else timers.processing(timestamp + onTimer.again);
      }
      return ['t', key, domain, timestamp, null, seen(watermark)];
    },
  });
}

function seen(watermark: number): Time | 'min' {
  if (watermark === Number.NEGATIVE_INFINITY) return 'min';
  return watermark === Number.POSITIVE_INFINITY ? 'max' : watermark;
}
