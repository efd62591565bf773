import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { statelessCases } from '../../../../test/oracle/stateless-cases.js';
import { nodeOf } from '../stream/data-stream.js';
import { keyBy } from './key-by.js';
import { values } from './values.js';

describe('values', () => {
  const { role } = nodeOf(
    of(1).pipe(
      keyBy((n) => n),
      values(),
    ),
  );
  if (role.type !== 'operator') throw new Error('values is an operator');
  statelessCases({ create: role.create, examples: [{ value: 4, key: 'a', out: [4] }] });

  it('takes the key off', () => {
    const out: number[] = [];
    of(1, 2)
      .pipe(
        keyBy((n) => n % 2),
        values(),
      )
      .subscribe((n) => out.push(n));
    expect(out).toEqual([1, 2]);
  });
});
