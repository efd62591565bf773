import { defineSource, type Source } from '@sluice/connector-sdk';

/** How many elements a source may give. */
export interface Gate {
  open: number;
}

/** A replayable source in one split that gives one element a batch, and holds the rest, and its end, back behind a gate. */
export function gatedSource<T>(values: readonly T[], gate: Gate): Source<T> {
  return defineSource<T, undefined, number>({
    name: 'gated',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'gated', split: undefined }],
    open: async () => ({
      async *read(_split, position = 0) {
        for (let index = position; index < values.length; index++) {
          if (index >= gate.open) await new Promise<never>(() => {});
          yield { values: [values[index] as T], positionAfter: () => index + 1 };
        }
        if (gate.open <= values.length) await new Promise<never>(() => {});
      },
      close: async () => {},
    }),
  });
}
