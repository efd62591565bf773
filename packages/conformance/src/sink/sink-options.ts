import { type Sink, shownOption } from '@sluice/connector-sdk';
import type { Claim, ConnectorOptions } from '../kit/connector-options.js';
import type { ConformanceItem } from '../kit/item.js';
import { option } from '../kit/option.js';
import type { ConformancePlace } from '../kit/place.js';

/** What an author tells about a sink. */
export interface SinkConformanceOptions<T = ConformanceItem> extends ConnectorOptions {
  /** What the sink guarantees: decides which cases apply. */
  readonly guarantee: Sink<T>['guarantee'];
  /** Makes the sink that writes to this place. Called again and again, in other processes too. */
  create(place: ConformancePlace): Sink<T> | Promise<Sink<T>>;
  /** Everything at this place that a reader of the system sees now: looked at by another connection, committed data only. */
  readBack(place: ConformancePlace): Promise<readonly ConformanceItem[]>;
  /** The element that carries an item. Default: the item itself. */
  element?(item: ConformanceItem): T;
  /** What the sink can do beyond its guarantee. */
  readonly capabilities?: SinkClaims;
  /** A sink for a server that is not there. Left out: that its error is clear is not proved, and the report says so. */
  unreachable?(): Sink<T> | Promise<Sink<T>>;
  /** An element that the system can never take, and what becomes of it. Left out: not proved, and the report says so. */
  readonly poison?: {
    readonly element: T;
    /** `'rejected'`: it goes to `context.reject`. `'fails'`: the run fails at it. */
    readonly outcome: 'rejected' | 'fails';
  };
  /** What prepared or open transactions are left at this place: their names. Left out: that nothing is left is not proved, and the report says so. */
  leftovers?(place: ConformancePlace): Promise<readonly string[]>;
  /** Elements that may be written in one go before the writer says that it is full. Default 50,000. */
  readonly fullWithin?: number;
}

/** Capabilities of a sink, each claimed or declined with the reason. */
export interface SinkClaims {
  /** `readBack` answers in the order of writing, at least within a key. Not claimed when left out. */
  readonly order?: Claim;
  /** A run that has been replaced can change nothing any more. Claimed by transactional and idempotent sinks when left out. */
  readonly fencing?: Claim;
  /** The writer says when it is full. Claimed when left out. */
  readonly backpressure?: Claim;
  /** What subtasks prepared can be recovered with another parallelism. Claimed by transactional sinks when left out. */
  readonly rescale?: Claim;
  /** It has connections, which can be lost. Claimed when left out. */
  readonly connections?: Claim;
}

const GUARANTEES: readonly string[] = ['at-least-once', 'idempotent', 'transactional'];

/** @throws SLUICE_CONFORMANCE_OPTIONS */
export function checkSinkOptions<T>(options: SinkConformanceOptions<T>): void {
  const component = 'sinkConformance';
  for (const method of ['create', 'readBack'] as const) option.callback(component, method, options[method]);
  const { fullWithin = 1, guarantee } = options;
  const known = GUARANTEES.includes(guarantee);
  option.require(component, known, 'guarantee', `one of ${GUARANTEES.join(', ')}`, shownOption(guarantee));
  option.wholeNumber(component, 'fullWithin', fullWithin, 1, Number.MAX_SAFE_INTEGER);
}
