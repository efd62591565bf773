import { SluiceError } from '@sluice/connector-sdk';
import type { StateDescriptor, StateOptions } from './descriptor.js';
import type { EntryCodec } from './entry-codec.js';
import type { KeyedStore } from './keyed-store.js';
import type { ListState } from './list-state.js';
import { idInTurn } from './outside-turn.js';
import { otherShape } from './restore-failure.js';
import type { Table } from './table.js';
import type { Turn } from './turn.js';
import type { ValueCodec } from './value-codec.js';

/** What becomes of the list at another parallelism: its items go to the subtasks in equal parts, or all of them to each. */
export type Redistribution = 'split' | 'union';

export interface OperatorListOptions<T> extends Pick<StateOptions<T>, 'codec'> {
  /** The default is `split`. */
  readonly redistribute?: Redistribution;
}

/** What the descriptor of a list of an operator says. */
export interface OperatorListDetails extends OperatorListOptions<unknown> {
  readonly kind: 'operatorList';
}

/**
 * A list that belongs to an operator and to no key: state of `processStream`. It has no time to live, as there is none in Flink.
 *
 * @param options.redistribute when the operator gets another parallelism, its items are split evenly over the subtasks, or each takes
 * all of them (`union`). At parallelism 1, which a job in one process has, both are the same; checkpoints carry which it is.
 * @param options.codec how items are kept in checkpoints; `structuredCodec()` when there is none
 * @throws SLUICE_STATE_DESCRIPTOR for other options
 * @see Apache Flink, operator state with even-split and union redistribution
 *
 * @example
 * const state = { waiting: operatorListState<Order>({ redistribute: 'split' }) };
 */
export function operatorListState<T>(options: OperatorListOptions<T> = {}): StateDescriptor<ListState<T>> {
  const { redistribute = 'split' } = options;
  if (redistribute !== 'split' && redistribute !== 'union')
    throw wrongDescriptor('operatorListState', "`redistribute` to be 'split' or 'union'", String(redistribute));
  if ('ttl' in options && options.ttl !== undefined)
    throw wrongDescriptor('operatorListState', 'no `ttl`: state of an operator does not expire', 'one');
  const details: OperatorListDetails = { kind: 'operatorList', ...(options as OperatorListOptions<unknown>) };
  return details;
}

/** @throws SLUICE_STATE_DESCRIPTOR for state that belongs to keys. */
export function operatorListOf(
  component: string,
  name: string,
  descriptor: StateDescriptor<unknown>,
): OperatorListDetails {
  if (descriptor?.kind === 'operatorList') return descriptor as OperatorListDetails;
  const actual =
    descriptor?.kind === undefined ? `a ${typeof descriptor}` : `'${descriptor.kind}', which belongs to keys`;
  throw wrongDescriptor(`state '${name}' of ${component}`, 'operatorListState: this operator has no keys', actual);
}

export function wrongDescriptor(component: string, expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_STATE_DESCRIPTOR',
    component,
    expected,
    actual,
    remedy: 'declare the state as expected, or put keyBy and processKeyed in the place of the operator',
  });
}

interface Item {
  readonly value: unknown;
}

/** Of a key of the store: whose item. In this process there is one subtask. */
const SUBTASK = 0;

/**
 * The list in the operator's store, item by item under their places: a checkpoint costs nothing at the barrier, however long the list
 * is, and whoever restores it at another parallelism can tell the items apart.
 */
export class OperatorList {
  private readonly table: Table<Item>;
  /** The id of each place. */
  private ids: number[] = [];
  private items: unknown[] = [];
  /** `items` was given away: it is copied before it changes. */
  private shared = false;
  /** Items may be changed by whoever gets them: an open capture has all of them first. */
  private preserved = true;

  constructor(
    private readonly store: KeyedStore,
    name: string,
    redistribute: Redistribution,
    codec: ValueCodec<unknown>,
  ) {
    const captured = (): void => {
      this.preserved = false;
    };
    this.table = store.entries(name, listItems(codec, redistribute, captured));
  }

  /** Takes up what the store has restored. */
  restored(): void {
    const { keys } = this.store;
    const found: { readonly id: number; readonly key: readonly number[] }[] = [];
    for (let id = 0; id < keys.limit; id++)
      if (this.table.has(id)) found.push({ id, key: keys.keyOf(id) as readonly number[] });
    const at = (key: readonly number[], part: number): number => key[part] as number;
    found.sort((a, b) => at(a.key, 0) - at(b.key, 0) || at(a.key, 1) - at(b.key, 1));
    this.ids = found.map(({ id }) => id);
    this.items = this.ids.map((id) => this.table.get(id)?.value);
  }

  get length(): number {
    return this.ids.length;
  }

  get(): readonly unknown[] {
    if (!this.preserved) for (const id of this.ids) this.table.getForUpdate(id);
    this.preserved = true;
    this.shared = true;
    return this.items;
  }

  add(value: unknown): void {
    if (this.shared) this.items = this.items.slice();
    this.shared = false;
    this.items.push(value);
    this.append(value);
  }

  set(values: readonly unknown[]): void {
    const kept = Math.min(values.length, this.ids.length);
    for (let place = 0; place < kept; place++) this.table.set(this.ids[place] as number, { value: values[place] });
    for (const id of this.ids.splice(kept)) this.remove(id);
    for (let place = kept; place < values.length; place++) this.append(values[place]);
    this.items = values.slice();
    this.shared = false;
  }

  clear(): void {
    this.set([]);
  }

  private append(value: unknown): void {
    const id = this.store.keys.idOf([SUBTASK, this.ids.length]);
    this.table.set(id, { value });
    this.ids.push(id);
  }

  private remove(id: number): void {
    this.table.delete(id);
    this.store.keys.endTurn(id);
  }
}

const SHAPE = /^operator list, (split|union)$/;

function listItems(codec: ValueCodec<unknown>, redistribute: Redistribution, captured: () => void): EntryCodec<Item> {
  const expected = `operator list, ${redistribute}`;
  return {
    shape: expected,
    values: codec,
    write: (writer, { value }) => codec.write(writer, value),
    read(reader, shape, by) {
      if (!SHAPE.test(shape)) throw otherShape(codec.state, expected, shape);
      return { value: codec.read(reader, by) };
    },
    inspect: ({ value }) => value,
    captured,
  };
}

/** The handle of the list: it may be used in the calls of the operator's handlers. */
export function bindOperatorList(name: string, turn: Turn, list: OperatorList): ListState<unknown> {
  const here = (): OperatorList => {
    idInTurn(turn, name);
    return list;
  };
  return {
    get: () => here().get(),
    add: (value) => here().add(value),
    set: (values) => here().set(values),
    clear: () => here().clear(),
  };
}
