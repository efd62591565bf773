import type { ByteReader } from '@sluice/connector-sdk';
import { otherSignature } from '../aggregates/fields.js';
import type { EntryCodec } from '../state/entry-codec.js';
import type { Accumulation } from './window-consumer.js';
import type { Pane, PaneNodes, PaneOrPanes } from './window-panes-next.js';

/** The panes of a key: how many, then start and accumulator of each, the oldest first. Sums are made anew. */
export function paneEntries(contents: Accumulation, nodes: PaneNodes): EntryCodec<PaneOrPanes> {
  const shape = `panes of ${contents.signature}`;
  const readOne = (reader: ByteReader): Pane => nodes.pane(reader.float64(), contents.read(reader));
  return {
    shape,
    values: { version: 1, direct: true },
    write(writer, kept) {
      const oldest = oldestOf(kept);
      let count = 0;
      for (let pane: Pane | undefined = oldest; pane !== undefined; pane = pane.newer) count++;
      writer.varint(count);
      for (let pane: Pane | undefined = oldest; pane !== undefined; pane = pane.newer) {
        writer.float64(pane.start);
        contents.write(writer, pane.contents);
      }
    },
    read(reader, written) {
      if (written !== shape) throw otherSignature(shape, written);
      const count = reader.varint();
      const panes = nodes.ofKey(readOne(reader));
      for (let at = 1; at < count; at++) {
        const pane = readOne(reader);
        pane.older = panes.newest;
        panes.newest.newer = pane;
        panes.newest = pane;
      }
      return panes;
    },
    inspect(kept) {
      const panes: { readonly start: number; readonly contents: unknown }[] = [];
      for (let pane: Pane | undefined = oldestOf(kept); pane !== undefined; pane = pane.newer)
        panes.push({ start: pane.start, contents: contents.inspect(pane.contents) });
      return panes;
    },
  };
}

function oldestOf(kept: PaneOrPanes): Pane {
  return 'oldest' in kept ? kept.oldest : kept;
}
