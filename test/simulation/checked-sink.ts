import type { Sink } from '@sluice/core';
import { collectIdempotentSink, collectSink, collectTransactionalSink } from '@sluice/testing';

export type SinkKind = 'transactional' | 'idempotent' | 'at-least-once';

/** A sink, what it must hold in the end, and what it may hold before. */
export class CheckedSink {
  readonly sink: Sink<string>;
  private readonly values: () => readonly string[];
  private readonly expected: ReadonlySet<string>;

  constructor(
    readonly name: string,
    readonly kind: SinkKind,
    expected: readonly string[],
    private readonly fold: ((outputs: readonly string[]) => readonly string[]) | undefined,
  ) {
    this.expected = new Set(expected);
    if (this.expected.size < expected.length) throw new Error(`the expected outputs of ${name} are not unique`);
    if (kind === 'transactional') {
      const sink = collectTransactionalSink<string>();
      this.sink = sink;
      this.values = () => sink.values;
    } else if (kind === 'idempotent') {
      const sink = collectIdempotentSink<string>((value) => value);
      this.sink = sink;
      this.values = () => [...sink.byKey.values()];
    } else {
      const sink = collectSink<string>();
      this.sink = sink;
      this.values = () => sink.values;
    }
  }

  check(phase: 'running' | 'finished'): void {
    const { fold } = this;
    if (fold !== undefined && phase === 'running') return;
    const values = fold === undefined ? this.values() : fold(this.values());
    const distinct = new Set(values);
    const problems: string[] = [];
    const surplus = values.filter((value) => !this.expected.has(value));
    if (surplus.length > 0) problems.push(`wrong ${surplus.slice(0, 5).join(' ')}`);
    if (this.kind === 'transactional' && distinct.size < values.length) {
      const twice = values.filter((value, index) => values.indexOf(value) !== index);
      problems.push(`twice ${twice.slice(0, 5).join(' ')}`);
    }
    const missing = phase === 'finished' ? [...this.expected].filter((value) => !distinct.has(value)) : [];
    if (missing.length > 0) problems.push(`missing ${missing.slice(0, 5).join(' ')}`);
    if (problems.length > 0) throw new Error(`${this.name} (${this.kind}): ${problems.join('; ')}`);
  }
}
