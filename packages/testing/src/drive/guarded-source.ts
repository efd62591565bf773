import type { Source } from '@sluice/connector-sdk';
import type { Calls } from './calls.js';

/** A source that is read only as long as its run is alive. */
export function guardedSource(source: Source<unknown>, calls: Calls): Source<unknown> {
  const of = { name: source.name };
  const { splitCodec, positionCodec, sideOutputs } = source;
  return {
    specVersion: 1,
    name: source.name,
    bounded: source.bounded,
    replayable: source.replayable,
    ...(sideOutputs !== undefined && { sideOutputs }),
    ...(splitCodec !== undefined && { splitCodec }),
    ...(positionCodec !== undefined && { positionCodec }),
    discover: (signal) => calls.call('source.discover', of, () => source.discover(calls.signal(signal))),
    async open(context) {
      const reader = await calls.call('source.open', of, () => source.open(calls.context(context)));
      const publish = reader.checkpointComplete?.bind(reader);
      return {
        read(split, position, signal) {
          const batches = reader.read(split, position, calls.signal(signal))[Symbol.asyncIterator]();
          return {
            [Symbol.asyncIterator]: () => ({
              async next() {
                await calls.turn();
                return calls.call('source.read', of, () => batches.next());
              },
              async return() {
                await calls.courtesy(() => batches.return?.());
                return { done: true, value: undefined };
              },
            }),
          };
        },
        ...(publish !== undefined && {
          checkpointComplete: (checkpoint: number, positions: ReadonlyMap<string, unknown>) =>
            calls.call('source.publish', { ...of, checkpoint }, () => publish(checkpoint, positions)),
        }),
        close: () => calls.courtesy(() => reader.close()),
      };
    },
  };
}
