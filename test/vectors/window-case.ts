import { readFileSync } from 'node:fs';

/** `"max"` is the largest time there is. */
export type Time = number | 'max';

export type WindowSpec =
  | { readonly kind: 'tumbling'; readonly size: number; readonly offset?: number }
  | { readonly kind: 'sliding'; readonly size: number; readonly slide: number; readonly offset?: number }
  | { readonly kind: 'session'; readonly gap: number }
  | { readonly kind: 'dynamicSession'; readonly base: number; readonly mod: number }
  | { readonly kind: 'count'; readonly n: number }
  | { readonly kind: 'slidingCount'; readonly n: number; readonly every: number }
  | { readonly kind: 'global' };

export type TriggerSpec =
  | { readonly kind: 'continuousEventTime'; readonly interval: number; readonly purging?: boolean }
  | { readonly kind: 'count'; readonly n: number; readonly purging?: boolean }
  | { readonly kind: 'eventTime'; readonly purging?: boolean }
  | { readonly kind: 'delta'; readonly threshold: number; readonly purging?: boolean }
  | { readonly kind: 'endOfStream' };

export type EvictorSpec = { readonly doEvictAfter: boolean } & (
  | { readonly kind: 'count'; readonly n: number }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'delta'; readonly threshold: number }
);

export type WindowInput =
  | readonly ['e', key: string, timestamp: number, value: number]
  | readonly ['w', timestamp: Time]
  | readonly ['snapshotRestore'];

export type WindowOutput =
  | readonly [
      'r',
      key: string,
      start: number | null,
      end: number | null,
      timestamp: Time,
      contents: number | readonly number[],
    ]
  | readonly ['late', key: string, timestamp: number, value: number]
  | readonly ['w', timestamp: Time];

export interface WindowCase {
  readonly id: string;
  readonly function: 'list' | 'sum';
  readonly window: WindowSpec;
  readonly allowedLateness: Time;
  readonly trigger: TriggerSpec | null;
  readonly evictor: EvictorSpec | null;
  readonly lateOutput: boolean;
  readonly lateDropped?: number;
  readonly flags?: readonly string[];
  readonly input: readonly WindowInput[];
  readonly steps: readonly (readonly WindowOutput[])[];
}

export function readCases<C>(file: string): C[] {
  return readFileSync(new URL(file, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as C);
}

export function time(value: Time): number {
  return value === 'max' ? Number.POSITIVE_INFINITY : value;
}
