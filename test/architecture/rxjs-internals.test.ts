import { describe, expect, it } from 'vitest';
import { shippedSources } from './import-graph.js';
import { rxjsInternals } from './rxjs-internals.js';

import { typedProgram } from './typed-program.js';

const bridge = 'packages/core/src/stream/rxjs-bridge.ts';
const fixtures = {
  'test/architecture/virtual-modules.ts': `import { operate } from 'rxjs/internal/util/lift'; export { operate };`,
  'test/architecture/virtual-subscriber.ts': `import { Subscriber } from 'rxjs'; export const s = new Subscriber();`,
  'test/architecture/virtual-members.ts': `import { Observable, type Subscriber } from 'rxjs';
    export const use = (o: Observable<1>, s: Subscriber<1>) => [o.source, o.operator, (s as unknown as { _next(v: 1): void })._next(1)];`,
  'test/architecture/virtual-lift.ts': `import { Observable } from 'rxjs'; export class Own<T> extends Observable<T> { override lift(): never { throw 1; } }`,
  'test/architecture/virtual-fine.ts': `import { Observable, type Subscriber, map } from 'rxjs';
    export const source = (options: { source: 1; operator: 2 }) => [options.source, options.operator];
    export const own = new Observable((s: Subscriber<1>) => s.next(1)).pipe(map((x) => x));`,
};
const shipped = shippedSources().map(({ path }) => path);
const program = typedProgram(shipped, fixtures);

describe('RxJS internals', { timeout: 180_000 }, () => {
  it('are found in every form', () => {
    expect(Object.keys(fixtures).map((path) => rxjsInternals(program, path))).toEqual([
      ['rxjs/internal/util/lift'],
      ['Subscriber'],
      ['source', 'operator', '_next'],
      ['lift'],
      [],
    ]);
  });

  it('are touched by one file', () => {
    expect(shipped.filter((path) => rxjsInternals(program, path).length > 0)).toEqual([bridge]);
  });
});
