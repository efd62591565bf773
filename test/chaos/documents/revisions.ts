import { randomFrom } from '../random.js';
import type { InputSpec } from '../workload/payments.js';

/** One element of the input: what a document is from now on. */
export interface Revision {
  readonly id: number;
  readonly document: string;
  /** Counts the revisions of a document, from 1; the document is to be what the highest one says. */
  readonly n: number;
  /** A number; of a poison element a text, which the index does not take. */
  readonly amount: number | string;
}

export interface RevisionSpec extends InputSpec {
  /** Some lines do not decode, and some elements the sink cannot write. */
  readonly poison: boolean;
}

export type Flaw = 'does not decode' | 'does not fit';

export interface Line {
  readonly revision: Revision;
  readonly flaw: Flaw | undefined;
  readonly text: string;
}

const DOCUMENTS = 12;
/** Of a hundred lines. */
const FLAWED = 5;

/** The lines of one split, in the order in which they are read. All revisions of a document are in one split. */
export function linesOf({ seed, perSplit, poison }: RevisionSpec, split: number): Line[] {
  const random = randomFrom(seed, split, 23);
  const counts = new Map<string, number>();
  return Array.from({ length: perSplit }, (_, index) => {
    const document = `document ${split}-${random.between(1, DOCUMENTS)}`;
    const n = (counts.get(document) ?? 0) + 1;
    counts.set(document, n);
    const dice = random.between(1, 100);
    const flaw = poison && dice <= 2 * FLAWED ? (dice <= FLAWED ? 'does not decode' : 'does not fit') : undefined;
    const amount = flaw === 'does not fit' ? 'a text' : dice;
    const revision: Revision = { id: split * 1_000_000 + index, document, n, amount };
    const whole = JSON.stringify(revision);
    return { revision, flaw, text: flaw === 'does not decode' ? whole.slice(0, -1) : whole };
  });
}

export function allLines(spec: RevisionSpec): Line[] {
  return Array.from({ length: spec.splits }, (_, split) => linesOf(spec, split)).flat();
}
