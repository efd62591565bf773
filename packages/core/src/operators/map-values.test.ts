import { of } from 'rxjs';
import { describe } from 'vitest';
import { statelessCases } from '../../../../test/oracle/stateless-cases.js';
import { nodeOf } from '../stream/data-stream.js';
import type { CreateOperator } from '../stream/operator.js';
import { keyBy } from './key-by.js';
import { mapValues } from './map-values.js';

function creating(project: (value: number, key: number) => unknown): CreateOperator {
  const { role } = nodeOf(
    of(1).pipe(
      keyBy((n) => n),
      mapValues(project),
    ),
  );
  if (role.type !== 'operator') throw new Error('mapValues is an operator');
  return role.create;
}

describe('mapValues', () => {
  statelessCases({
    create: creating((value, key) => `${key}: ${value}`),
    examples: [
      { value: 4, key: 'a', out: ['a: 4'] },
      { value: 7, key: 'b', out: ['b: 7'] },
    ],
    throwing: creating(() => {
      throw new Error('callback');
    }),
  });
});
