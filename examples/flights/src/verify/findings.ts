export type Kind = 'missing' | 'duplicated' | 'different';

/** Counts what is wrong, and keeps the first few of each kind in words. */
export interface Findings {
  readonly counts: Readonly<Record<Kind, number>>;
  readonly examples: readonly string[];
  report(kind: Kind, what: string, count?: number): void;
}

const examplesOfEach = 5;

export function findings(): Findings {
  const counts: Record<Kind, number> = { missing: 0, duplicated: 0, different: 0 };
  const reported: Record<Kind, number> = { missing: 0, duplicated: 0, different: 0 };
  const examples: string[] = [];
  return {
    counts,
    examples,
    report(kind, what, count = 1) {
      counts[kind] += count;
      if (reported[kind]++ < examplesOfEach) examples.push(`${kind}: ${what}`);
    },
  };
}
