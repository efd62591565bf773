import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import { statelessCases } from '../../../../test/oracle/stateless-cases.js';
import { nodeOf } from '../stream/data-stream.js';
import type { CreateOperator } from '../stream/operator.js';
import { keyBy } from './key-by.js';

function creating(keyOf: (value: unknown) => number): CreateOperator {
  const { role } = nodeOf(of(1).pipe(keyBy(keyOf)));
  if (role.type !== 'operator') throw new Error('keyBy is an operator');
  return role.create;
}

describe('keyBy', () => {
  statelessCases({
    create: creating((value) => Number(value) % 2),
    examples: [
      { value: 4, out: [4] },
      { value: 7, out: [7] },
    ],
    throwing: creating(() => {
      throw new Error('callback');
    }),
  });

  it('has the key in the register before the value goes on', () => {
    const bench = new OperatorBench();
    const keys: unknown[] = [];
    const input = creating((value) => Number(value) * 100)(bench.context, {
      ...bench.out,
      next: () => keys.push(bench.context.outputKey.key),
    });
    input.next(1, 0);
    input.next(2, 0);
    expect(keys).toEqual([100, 200]);
  });
});
