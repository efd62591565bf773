import type { EntryCodec } from '../state/entry-codec.js';
import type { CompiledAggregate } from './compile.js';
import { otherSignature } from './fields.js';

/** A table of accumulators. */
export function aggregateEntries(aggregate: CompiledAggregate): EntryCodec<object> {
  const { signature } = aggregate;
  return {
    shape: signature,
    values: { version: 1, direct: true, layout: aggregate.layout },
    write: aggregate.write,
    readAhead: aggregate.readAhead,
    inspect: (accumulator) => aggregate.result(accumulator),
    read(reader, shape) {
      if (shape !== signature) throw otherSignature(signature, shape);
      return aggregate.read(reader);
    },
  };
}
