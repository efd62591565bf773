import type { Source } from '@sluice/connector-sdk';
import type { Claim, ConnectorOptions } from '../kit/connector-options.js';
import type { ConformanceItem } from '../kit/item.js';
import { option } from '../kit/option.js';
import type { ConformancePlace } from '../kit/place.js';

/** What an author tells about a source. */
export interface SourceConformanceOptions<T = ConformanceItem, S = unknown, P = unknown> extends ConnectorOptions {
  /** True: its splits end. */
  readonly bounded: boolean;
  /** Makes the source that reads this place. Called again and again, in other processes too. */
  create(place: ConformancePlace): Source<T, S, P> | Promise<Source<T, S, P>>;
  /** Puts items at the end of the real system's input, in this order; those of one key into one split. Durable when it resolves. */
  append(place: ConformancePlace, items: readonly ConformanceItem[]): Promise<void>;
  /** The item that an element carries. Default: the element itself. */
  item?(element: T): ConformanceItem;
  /** What the source can do, each claimed or declined with the reason. */
  readonly capabilities?: SourceClaims;
  /** The most elements that one batch may hold, if the source says so. Left out: batches are only to be well formed. */
  readonly maxBatch?: number;
  /** A source of a server that is not there. Left out: that its error is clear is not proved, and the report says so. */
  unreachable?(): Source<T, S, P> | Promise<Source<T, S, P>>;
  /** A record that cannot be decoded, and what becomes of it. Left out: not proved, and the report says so. */
  readonly poison?: {
    /** Puts one at the end of the input, in the split of the item's key. */
    append(place: ConformancePlace, key: string): Promise<void>;
    /** `'fails'`: the run fails at it. `'skipped'`: left out. `'side-output'`: it is in `sideOutputs` of its batch. */
    readonly outcome: 'fails' | 'skipped' | 'side-output';
  };
}

/** Capabilities of a source. */
export interface SourceClaims {
  /** Items of one key come in the order in which they were put there. Claimed when left out. */
  readonly order?: Claim;
  /** Delivers what is put there while it reads. Claimed by unbounded sources when left out. */
  readonly follows?: Claim;
  /** A reader of another subtask goes on where one of this subtask was. Claimed when left out. */
  readonly rescale?: Claim;
  /** It has connections, which can be lost. Claimed when left out. */
  readonly connections?: Claim;
}

/** @throws SLUICE_CONFORMANCE_OPTIONS */
export function checkSourceOptions<T, S, P>(options: SourceConformanceOptions<T, S, P>): void {
  const component = 'sourceConformance';
  for (const method of ['create', 'append'] as const) option.callback(component, method, options[method]);
  option.trueOrFalse(component, 'bounded', options.bounded);
}
