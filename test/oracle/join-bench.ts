import type { CreateJoin } from '../../packages/core/src/joins/joined-streams.js';
import type { StreamObserver } from '../../packages/core/src/stream/element.js';
import type { KeyRegister } from '../../packages/core/src/stream/operator.js';
import { OperatorBench } from './operator-bench.js';

/** A join by hand: elements of either side, watermarks of both. */
export interface JoinBench {
  readonly bench: OperatorBench;
  readonly left: StreamObserver<unknown>;
  readonly right: StreamObserver<unknown>;
  give(side: 'left' | 'right', key: unknown, value: unknown, timestamp: number): void;
  /** The watermark of both sides. */
  advance(timestamp: number): void;
  /** The checkpoint at this place. */
  snapshot(): Uint8Array;
}

export function openJoin(create: CreateJoin, bench = new OperatorBench()): JoinBench {
  const keys: readonly [KeyRegister, KeyRegister] = [{ key: undefined }, { key: undefined }];
  const [left, right] = create(bench.context, keys, bench.out);
  return {
    bench,
    left,
    right,
    give(side, key, value, timestamp) {
      keys[side === 'left' ? 0 : 1].key = key;
      (side === 'left' ? left : right).next(value, timestamp);
    },
    advance(timestamp) {
      left.watermark(timestamp);
      right.watermark(timestamp);
      bench.finish();
    },
    snapshot: () => bench.capture(left, right)(),
  };
}
