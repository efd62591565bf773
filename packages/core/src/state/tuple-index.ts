import { PairTable } from './pair-table.js';

/** Nothing is kept under this. */
export const ABSENT = -1;
/** Some part is itself an object: the tuple has to go by its canonical bytes. */
export const NESTED = -2;

/**
 * Numbers for the parts of tuples that are no 32-bit integers (those stand for themselves), counted, so that a part that no tuple
 * has any more is forgotten.
 */
export class PartIndex {
  private readonly ids = new Map<unknown, number>();
  private readonly uses: number[] = [];
  private readonly free: number[] = [];

  find(part: unknown): number {
    const id = this.ids.get(part);
    if (id !== undefined) return id;
    return isPrimitive(part) ? ABSENT : NESTED;
  }

  acquire(part: unknown): number {
    let id = this.ids.get(part);
    if (id === undefined) {
      id = this.free.pop() ?? this.uses.length;
      this.ids.set(part, id);
      this.uses[id] = 0;
    }
    this.uses[id] = (this.uses[id] ?? 0) + 1;
    return id;
  }

  release(part: unknown): void {
    const id = this.ids.get(part);
    if (id === undefined) return;
    const left = (this.uses[id] ?? 0) - 1;
    this.uses[id] = left;
    if (left > 0) return;
    this.ids.delete(part);
    this.free.push(id);
  }
}

/** Arrays of one length, of primitives, to small integers: pair by pair, with nothing made per look-up. */
export class TupleIndex {
  /** The table of a step for each mix of "stands for itself" and "has a number" of its parts. */
  private readonly steps: PairTable[][] = [];
  /** How many tuples go on from an inner node, by its number. */
  private readonly branches: number[] = [];
  private readonly freeNodes: number[] = [];

  constructor(
    private readonly parts: PartIndex,
    readonly length: number,
  ) {
    for (let step = 0; step < Math.max(1, length - 1); step++) {
      this.steps.push([new PairTable(), new PairTable(), new PairTable(), new PairTable()]);
    }
  }

  /** The value of the tuple, `ABSENT` or `NESTED`. */
  find(tuple: readonly unknown[]): number {
    const first = tuple[0];
    const second = this.length > 1 ? tuple[1] : 0;
    let mix = 0;
    let left: number;
    let right: number;
    if (isInt32(first)) {
      left = first;
    } else {
      mix = 1;
      left = this.parts.find(first);
      if (left === NESTED) return NESTED;
    }
    if (isInt32(second)) {
      right = second;
    } else {
      mix += 2;
      right = this.parts.find(second);
      if (right === NESTED) return NESTED;
    }
    // A part that no tuple has: but a later one may still be an object.
    if (((mix & 1) !== 0 && left < 0) || (mix > 1 && right < 0)) return this.absent(tuple);
    const node = ((this.steps[0] as PairTable[])[mix] as PairTable).get(left, right);
    return this.length <= 2 ? node : this.findRest(tuple, node);
  }

  /** The tuple must not be in the index, and have primitive parts alone. */
  add(tuple: readonly unknown[], value: number): void {
    const last = this.steps.length - 1;
    let node = 0;
    for (let step = 0; step <= last; step++) {
      const table = this.table(step, tuple);
      const left = step === 0 ? this.acquire(tuple[0]) : node;
      const right = this.length > 1 ? this.acquire(tuple[step + 1]) : 0;
      if (step === last) {
        table.add(left, right, value);
        return;
      }
      node = table.get(left, right);
      if (node < 0) {
        node = this.freeNodes.pop() ?? this.branches.length;
        this.branches[node] = 0;
        table.add(left, right, node);
      }
      this.branches[node] = (this.branches[node] ?? 0) + 1;
    }
  }

  /** The tuple must be in the index. */
  delete(tuple: readonly unknown[]): void {
    const last = this.steps.length - 1;
    let node = 0;
    for (let step = 0; step <= last; step++) {
      const table = this.table(step, tuple);
      const left = step === 0 ? this.code(tuple[0]) : node;
      const right = this.length > 1 ? this.code(tuple[step + 1]) : 0;
      if (step === last) {
        table.delete(left, right);
        break;
      }
      node = table.get(left, right);
      const branches = (this.branches[node] ?? 0) - 1;
      this.branches[node] = branches;
      if (branches > 0) continue;
      table.delete(left, right);
      this.freeNodes.push(node);
    }
    for (const part of tuple) if (!isInt32(part)) this.parts.release(part);
  }

  private findRest(tuple: readonly unknown[], from: number): number {
    let node = from;
    for (let at = 2; at < tuple.length; at++) {
      if (node < 0) return this.absent(tuple);
      const part = tuple[at];
      const right = this.code(part);
      if (!isInt32(part) && right < 0) return this.absent(tuple);
      node = ((this.steps[at - 1] as PairTable[])[isInt32(part) ? 0 : 2] as PairTable).get(node, right);
    }
    return node;
  }

  private absent(tuple: readonly unknown[]): number {
    for (const part of tuple) if (!isPrimitive(part)) return NESTED;
    return ABSENT;
  }

  private table(step: number, tuple: readonly unknown[]): PairTable {
    const left = step > 0 || isInt32(tuple[0]) ? 0 : 1;
    const right = this.length === 1 || isInt32(tuple[step + 1]) ? 0 : 2;
    return (this.steps[step] as PairTable[])[left + right] as PairTable;
  }

  private code(part: unknown): number {
    return isInt32(part) ? part : this.parts.find(part);
  }

  private acquire(part: unknown): number {
    return isInt32(part) ? part : this.parts.acquire(part);
  }
}

/** Such a number stands for itself in a `PairTable`; −0 as 0. */
export function isInt32(part: unknown): part is number {
  return typeof part === 'number' && (part | 0) === part;
}

function isPrimitive(part: unknown): boolean {
  const type = typeof part;
  return type === 'string' || type === 'number' || type === 'bigint' || type === 'boolean';
}
