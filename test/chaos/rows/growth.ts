/** What a process of the job used at one moment. */
export interface Sample {
  /** ms since the run began. */
  readonly at: number;
  /** ms since this process began to work. */
  readonly age: number;
  /** Bytes, after garbage was collected. */
  readonly heapUsed: number;
  readonly descriptors: number | undefined;
  readonly connections: number;
}

type Figure = 'heapUsed' | 'descriptors' | 'connections';

/** The median of the last third of the samples may be so much more than that of the first third, as a factor and an absolute number on top. */
const allowed: Readonly<Record<Figure, { readonly factor: number; readonly more: number }>> = {
  heapUsed: { factor: 1.3, more: 0 },
  descriptors: { factor: 1, more: 4 },
  connections: { factor: 1, more: 2 },
};

/** With fewer there are no thirds. */
const LEAST = 9;

/** What grows: over the run, as state that is restored would, or over the life of its processes, as a leak does. */
export function growth(samples: readonly Sample[]): string[] {
  if (samples.length < LEAST) return [`${samples.length} measurements are too few to tell what grows`];
  const clocks = ['at', 'age'] as const;
  const figures = Object.keys(allowed) as Figure[];
  return clocks.flatMap((clock) => figures.flatMap((figure) => grown(samples, clock, figure)));
}

function grown(samples: readonly Sample[], clock: 'at' | 'age', figure: Figure): string[] {
  const values = [...samples].sort((a, b) => a[clock] - b[clock]).flatMap((sample) => sample[figure] ?? []);
  const third = Math.floor(values.length / 3);
  if (third === 0) return [];
  const first = median(values.slice(0, third));
  const last = median(values.slice(-third));
  const { factor, more } = allowed[figure];
  if (last <= first * factor + more) return [];
  const over = clock === 'at' ? 'over the run' : 'with the age of a process';
  return [`${figure} grew ${over} from ${first} to ${last}`];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
