import type { Session } from 'node:inspector';

/** Kinds of objects that are shown. */
const SHOWN = 20;

interface HeapSnapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly [readonly string[]] };
  };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

interface Kind {
  readonly name: string;
  count: number;
  bytes: number;
}

/** The objects of the heap by what made them, the greatest sums first: one line each. The collector has run before. */
export function summaryOfHeap(session: Session): string[] {
  const chunks: Buffer[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ params }) => chunks.push(Buffer.from(params.chunk)));
  session.post('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  return linesOf(kindsOf(JSON.parse(withoutEdges(Buffer.concat(chunks))) as HeapSnapshot));
}

/** Who refers to whom is most of a snapshot: with it, that of a large heap is longer than a string can be. */
function withoutEdges(snapshot: Buffer): string {
  const from = snapshot.indexOf('"edges":[');
  const to = snapshot.indexOf('"trace_function_infos":', from);
  return snapshot.toString('utf8', 0, from) + snapshot.toString('utf8', to);
}

export function kindsOf({ snapshot, nodes, strings }: HeapSnapshot): Kind[] {
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field)) as [
    number,
    number,
    number,
  ];
  const kinds = new Map<string, Kind>();
  for (let at = 0; at < nodes.length; at += fields.length) {
    const typeName = types[0][nodes[at + type] as number] as string;
    // Strings and code are named by what is in them.
    const kindName = typeName === 'object' ? (strings[nodes[at + name] as number] as string) : `(${typeName})`;
    let kind = kinds.get(kindName);
    if (kind === undefined) {
      kind = { name: kindName, count: 0, bytes: 0 };
      kinds.set(kindName, kind);
    }
    kind.count++;
    kind.bytes += nodes[at + size] as number;
  }
  return [...kinds.values()].sort((one, other) => other.bytes - one.bytes);
}

function linesOf(kinds: readonly Kind[]): string[] {
  return kinds
    .slice(0, SHOWN)
    .map(
      ({ name, count, bytes }) => `${(bytes / 1e6).toFixed(2).padStart(10)} MB ${String(count).padStart(10)} ${name}`,
    );
}
