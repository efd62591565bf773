import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  aggregate,
  arraySource,
  callbackSink,
  configure,
  countOf,
  createJob,
  type Flow,
  fromSource,
  keyBy,
  mapValues,
  monotonousTimestamps,
  processKeyed,
  rebalance,
  scanByKey,
  sideOutput,
  to,
  tumbling,
  union,
  windowBy,
  withTimestamps,
} from '../index.js';
import { nodeOf } from '../stream/data-stream.js';
import { buildGraph } from './graph.js';
import { toMermaid } from './mermaid.js';
import { planTasks } from './plan.js';
import { sourceBefore } from './source-before.js';

const source$ = () => fromSource(arraySource([1, 2, 3]));
const sink = () => callbackSink<unknown>(() => {});
const graphOf = (...flows: Flow[]) => buildGraph(flows.map(nodeOf));
const code = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
};

describe('buildGraph', () => {
  it('puts every node behind its inputs, once', () => {
    const shared$ = source$().pipe(map((n) => n));
    const graph = graphOf(shared$.pipe(to(sink())), union(shared$, source$()).pipe(to(sink())));
    for (const [index, node] of graph.nodes.entries()) {
      for (const input of graph.inputsOf(node)) expect(graph.nodes.indexOf(input)).toBeLessThan(index);
    }
    expect(new Set(graph.nodes).size).toBe(graph.nodes.length);
    expect(graph.consumersOf(nodeOf(shared$))).toHaveLength(2);
  });

  it('derives uids from the place, and takes those that are given', () => {
    const flow = () =>
      source$().pipe(
        keyBy((n) => n),
        scanByKey(
          (sum: number, n: number) => sum + n,
          () => 0,
        ),
        scanByKey(
          (sum: number, n: number) => sum + n,
          () => 0,
          { uid: 'sums' },
        ),
        to(sink()),
      );
    const uids = (graph: ReturnType<typeof graphOf>) => graph.nodes.map((node) => graph.uidOf(node));
    expect(uids(graphOf(flow()))).toEqual(uids(graphOf(flow())));
    expect(uids(graphOf(flow()))).toContain('sums');
    expect(uids(graphOf(flow()))).toContain('scanByKey-1');
  });

  it('refuses a uid that two operators have', () => {
    const flow = source$().pipe(
      keyBy((n) => n),
      configure({ uid: 'x' }),
      mapValues((n) => n),
      configure({ uid: 'x' }),
      to(sink()),
    );
    expect(code(() => graphOf(flow))).toBe('SLUICE_UID');
  });

  it('keeps unconnected flows apart: each component has a loop of its own', () => {
    const graph = graphOf(source$().pipe(to(sink())), source$().pipe(to(sink())));
    expect(graph.components).toHaveLength(2);
    expect(graph.components.map((component) => component.length)).toEqual([2, 2]);
  });

  it('connects a side output with the operator that names it, else with those that may emit to it', () => {
    const late$ = sideOutput<number>('late');
    const audit$ = sideOutput<number>('audit');
    const main$ = source$().pipe(
      withTimestamps((n) => n, monotonousTimestamps()),
      keyBy((n) => n),
      windowBy(tumbling(10), { late: late$ }),
      aggregate(countOf()),
      keyBy((result) => result.key),
      processKeyed({ onElement: (result, { emitTo }) => emitTo(audit$, result.value) }),
      to(sink()),
    );
    const graph = graphOf(main$, late$.pipe(to(sink())), audit$.pipe(to(sink())));
    expect(graph.inputsOf(nodeOf(late$)).map((node) => node.kind)).toEqual(['windowBy']);
    expect(graph.inputsOf(nodeOf(audit$)).map((node) => node.kind)).toEqual(['processKeyed']);
    expect(graph.components).toHaveLength(1);
  });

  it('refuses a side output that nobody fills', () => {
    expect(code(() => graphOf(sideOutput<number>('unfilled').pipe(to(sink()))))).toBe('SLUICE_SIDE_OUTPUT');
  });

  it('refuses a stream that flows back into itself', () => {
    const again$ = sideOutput<number>('again');
    const flow = union(source$(), again$).pipe(
      withTimestamps((n) => n, monotonousTimestamps()),
      keyBy((n) => n),
      windowBy(tumbling(10), { late: again$ }),
      to(sink()),
    );
    expect(code(() => graphOf(flow))).toBe('SLUICE_CYCLE');
  });
});

describe('planTasks', () => {
  it('begins a task at shuffles, joins, forks, and where it is told to', () => {
    const shared$ = source$().pipe(
      map((n) => n),
      mapless(),
    );
    const graph = graphOf(
      shared$.pipe(
        keyBy((n) => n),
        mapValues((n) => n),
        to(sink()),
      ),
      shared$.pipe(
        rebalance(),
        map((n) => n),
        configure({ name: 'alone', chain: 'never' }),
        to(sink()),
      ),
    );
    const names = planTasks(graph).tasks.map((task) => task.nodes.map((node) => node.settings.name ?? node.kind));
    expect(names).toEqual([
      ['array', 'stock', 'stock'],
      ['keyBy', 'mapValues', 'callback'],
      ['rebalance'],
      ['alone'],
      ['callback'],
    ]);
  });

  function mapless() {
    return map((n: number) => n);
  }
});

describe('toMermaid', () => {
  it('draws tasks, operators and edges, whatever their names', () => {
    const graph = graphOf(
      source$().pipe(
        keyBy((n) => n),
        configure({ name: 'a "key" <b>' }),
        to(sink()),
      ),
    );
    const text = toMermaid(graph);
    expect(text).toMatch(/^flowchart LR\n/);
    expect(text).toContain('#34;key#34; #60;b#62;');
    expect(text).toContain('-- hash -->');
    expect(createJob('drawn', source$().pipe(to(sink()))).toMermaid()).toContain('[("callback")]');
  });
});

describe('sourceBefore', () => {
  it('looks through stateless operators, and through nothing else', () => {
    const origin$ = source$();
    const behind$ = origin$.pipe(
      map((n) => n),
      keyBy((n) => n),
      mapValues((n) => n),
    );
    const stateful$ = behind$.pipe(
      scanByKey(
        (sum: number, n: number) => sum + n,
        () => 0,
      ),
    );
    const end$ = stateful$.pipe(
      mapValues((n) => n),
      to(sink()),
    );
    const graph = graphOf(end$, union(origin$, source$()).pipe(to(sink())));
    expect(sourceBefore(graph, nodeOf(stateful$))).toBe(nodeOf(origin$));
    expect(sourceBefore(graph, nodeOf(end$))).toBeUndefined();
  });
});
