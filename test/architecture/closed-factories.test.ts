import { describe, expect, it } from 'vitest';
import { openFactories } from './closed-factories.js';
import { shippedSources } from './import-graph.js';
import { typedProgram } from './typed-program.js';

const fixture = 'test/architecture/virtual-factories.ts';
const other = 'test/architecture/virtual-other.ts';
const shipped = shippedSources().map(({ path }) => path);
const program = typedProgram(shipped, {
  [other]: `const limit = 3; export function imported(emit: (v: number) => void) { return (v: number) => emit(v + limit); }`,
  [fixture]: `
    import { imported } from './virtual-other.js';
    declare function specialise<F>(factory: F): F;
    const outer = 1;
    interface Row { outer: number }
    const asVariable = (emit: (v: number) => void) => (v: number) => emit(v + outer);
    function fine(emit: (v: Row) => void, { outer: renamed }: Row) {
      const inner = Math.max(renamed, Number.NaN);
      return (row: Row): void => emit({ ...row, outer: row.outer + inner });
    }
    const shorthand = () => ({ outer });
    specialise(imported); specialise(asVariable); specialise(fine); specialise(shorthand);
    specialise((emit: (v: Row) => void) => emit({ outer }));
    specialise([asVariable][0]);
  `,
});

describe('factories of specialised functions', () => {
  it('that use anything from outside are found', () => {
    expect(openFactories(program, fixture)).toEqual([
      `${fixture}: imported uses limit`,
      `${fixture}: asVariable uses outer`,
      `${fixture}: shorthand uses outer`,
      `${fixture}: a factory uses outer`,
      `${fixture}: specialise([asVariable][0]): the factory cannot be found`,
    ]);
  });

  it('are closed', () => expect(shipped.flatMap((path) => openFactories(program, path))).toEqual([]));
});
