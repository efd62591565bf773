import { type Codec, SluiceError, shownOption } from '@sluice/connector-sdk';
import type { AggregateFunction } from '../aggregates/aggregate-function.js';
import { option } from '../options/option.js';
import { checkTtl, type Ttl } from './ttl.js';

/** What a state is, before an operator has it: `valueState()`, `listState()` and the others make them. */
export interface StateDescriptor<S> {
  readonly kind: string;
  readonly '~state'?: S;
}

export interface StateOptions<T> {
  /** How values are kept in checkpoints; `structuredCodec()` when there is none. */
  readonly codec?: Codec<T>;
  /** What is kept is forgotten after this time. Kept for ever by default. */
  readonly ttl?: Ttl;
}

/** The states of an operator, by name. The names go into checkpoints. */
export type StateShape = Readonly<Record<string, StateDescriptor<unknown>>>;

/** The handles of the states of a shape. */
export type StateOf<S extends StateShape> = {
  readonly [P in keyof S]: S[P] extends StateDescriptor<infer H> ? H : never;
};

/** What a descriptor says, for those who bind it. */
export type StateDetails =
  | ({ readonly kind: 'value'; readonly initial: (() => unknown) | undefined } & StateOptions<unknown>)
  | ({ readonly kind: 'list' } & StateOptions<unknown>)
  | ({ readonly kind: 'map' } & StateOptions<unknown>)
  | ({
      readonly kind: 'reducing';
      readonly reduce: (accumulator: unknown, value: unknown) => unknown;
    } & StateOptions<unknown>)
  | {
      readonly kind: 'aggregating';
      readonly aggregate: AggregateFunction<unknown, unknown, unknown>;
      readonly ttl?: Ttl;
    };

/** @throws SLUICE_OPTION in the name of `component`, the function that makes the descriptor */
export function describe<S>(component: string, details: StateDetails): StateDescriptor<S> {
  if (details.ttl !== undefined) checkTtl(component, details.ttl);
  const { codec } = details as StateOptions<unknown>;
  const isCodec = codec === undefined || (typeof codec?.encode === 'function' && typeof codec.decode === 'function');
  option.require(component, isCodec, 'codec', 'a codec with version, encode and decode', shownOption(codec));
  return details;
}

const KINDS = ['value', 'list', 'map', 'reducing', 'aggregating'];

/**
 * The details of a descriptor that was made here, or by another copy of this package.
 *
 * @throws SLUICE_STATE_DESCRIPTOR for anything else.
 */
export function detailsOf(name: string, descriptor: StateDescriptor<unknown>, component?: string): StateDetails {
  if (KINDS.includes(descriptor?.kind)) return descriptor as StateDetails;
  throw new SluiceError({
    code: 'SLUICE_STATE_DESCRIPTOR',
    component: component === undefined ? `state '${name}'` : `state '${name}' of ${component}`,
    expected: 'valueState, valueStateOf, listState, mapState, reducingState or aggregatingState',
    actual: descriptor?.kind === undefined ? `a ${typeof descriptor}` : `'${descriptor.kind}'`,
    remedy: 'declare the state by one of these functions',
  });
}

/** All states of an operator, before anything starts. */
export function requireStates(component: string, shape: StateShape | undefined): void {
  if (shape === undefined) return;
  option.object(component, 'state', shape);
  for (const [name, descriptor] of Object.entries(shape)) detailsOf(name, descriptor, component);
}
