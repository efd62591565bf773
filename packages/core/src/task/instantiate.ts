import type { Clock, Logger, Metrics } from '@sluice/connector-sdk';
import type { Graph } from '../graph/graph.js';
import type { StreamNode, WindowConsumer } from '../graph/node.js';
import type { StreamObserver } from '../stream/element.js';
import type { KeyRegister, OperatorContext, Task } from '../stream/operator.js';
import { type SideTarget, targetOf } from '../stream/side-target.js';
import type { SourceSplits } from '../stream/splits.js';
import { createStockOperators } from '../stream/stock-segment.js';
import { createUnion } from '../stream/union-inputs.js';
import type { Alignment } from '../time/alignment.js';
import type { InputWatermark } from '../time/watermark-delay.js';
import { fork, materialise, nowhere, takeApart, withoutElements } from './adapters.js';
import { watchedInputs } from './watched-inputs.js';

/** What a run gives to the operators of a graph. */
export interface RunEnvironment {
  readonly task: Task;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly maxParallelism: number;
  readonly alignment: Alignment;
  /** Stock operators that keep state or emit later are mistakes. */
  readonly checkpointed: boolean;
  restored(uid: string): Uint8Array | undefined;
  /** States that an operator has no longer are dropped; refused when left out. */
  readonly dropUnknownState?: boolean | undefined;
  /** The input of an end of the graph: a sink, or the plain subscriber of a stream run in place. */
  end(node: StreamNode, uid: string, out: StreamObserver<unknown>): StreamObserver<unknown>;
  splits(node: StreamNode): SourceSplits;
  watchInputs(uid: string, active: () => readonly InputWatermark[]): void;
  onClose(close: () => void): void;
  /** Takes what is sent to a side output that no flow takes. */
  unclaimed?(target: object, value: unknown, timestamp: number): void;
}

/** A component of a graph, ready to run. */
export interface Instance {
  /** Where the elements of each source, plain Observable or feed go in. */
  readonly entries: ReadonlyMap<StreamNode, StreamObserver<unknown>>;
  /** Emits to a side output; nothing happens when no flow of the job takes it. */
  sideOutput(target: object, value: unknown, timestamp: number): void;
}

/** Makes the operators of a component, from its ends to its sources, each for the output it will have. */
export function instantiate(
  graph: Graph,
  component: readonly StreamNode[],
  ends: ReadonlySet<StreamNode>,
  environment: RunEnvironment,
): Instance {
  const build = new Instantiation(graph, ends, environment);
  for (const node of component) build.assignRegisters(node);
  for (const node of [...component].reverse()) build.make(node);
  return {
    entries: build.entries,
    sideOutput: (target, value, timestamp) => build.emitTo(target, value, timestamp),
  };
}

type Next = StreamObserver<unknown>['next'];

class Instantiation {
  readonly entries = new Map<StreamNode, StreamObserver<unknown>>();
  private readonly inputs = new Map<StreamNode, readonly StreamObserver<unknown>[]>();
  private readonly registers = new Map<
    StreamNode,
    { readonly given: KeyRegister; readonly taken: readonly KeyRegister[] }
  >();
  private readonly sideTargets = new Map<object, Next>();

  constructor(
    private readonly graph: Graph,
    private readonly ends: ReadonlySet<StreamNode>,
    private readonly environment: RunEnvironment,
  ) {}

  /** In the direction of the stream: which register each edge's key stands in. */
  assignRegisters(node: StreamNode): void {
    const taken = this.graph.inputsOf(node).map((input) => {
      const before = this.registers.get(input)?.given;
      const shared = before !== undefined && (input.gives === 'keyed' || node.expects === 'plain');
      return shared ? before : { key: undefined };
    });
    const [first] = taken;
    const given = node.keepsKey && taken.length === 1 && first !== undefined ? first : { key: undefined };
    this.registers.set(node, { given, taken });
  }

  /** Against the direction of the stream: every operator is made for the output that is there already. */
  make(node: StreamNode): void {
    const { role } = node;
    switch (role.type) {
      case 'source':
      case 'observable':
      case 'feed':
        this.entries.set(node, this.outputOf(node));
        return;
      case 'operator':
        this.inputs.set(node, [role.create(this.context(node), this.outputOf(node))]);
        return;
      case 'multiInput': {
        const kinds = this.takenBy(node).map((key) => ({ key }));
        const inputs = role.create(this.context(node), kinds, this.outputOf(node));
        const names = this.graph.inputsOf(node).map((input) => this.graph.uidOf(input));
        const watched = watchedInputs(inputs, names);
        this.environment.watchInputs(this.graph.uidOf(node), watched.active);
        this.inputs.set(node, watched.inputs);
        return;
      }
      case 'window':
        this.inputs.set(node, [role.create(this.context(node), this.windowConsumers(node))]);
        return;
      case 'windowAggregate':
        // Part of the window before it, which reaches over it to its consumers.
        return;
      case 'stock': {
        if (!this.startsRun(node)) return;
        const out = this.outputOf(this.lastOfRun(node));
        const { checkpointed } = this.environment;
        this.inputs.set(node, [createStockOperators(this.stockRun(node), this.context(node), checkpointed, out)]);
        return;
      }
      case 'sideOutput': {
        const count = Math.max(1, this.graph.inputsOf(node).length);
        const out = this.outputOf(node);
        this.inputs.set(node, createUnion(count, out, this.graph.uidOf(node)));
        this.sideTargets.set(role.target, out.next);
        return;
      }
      case 'sink':
        this.inputs.set(node, [this.environment.end(node, this.graph.uidOf(node), this.outputOf(node))]);
        return;
    }
  }

  emitTo(target: object, value: unknown, timestamp: number): void {
    const claimed = targetOf(target as SideTarget<never>);
    const next = this.sideTargets.get(claimed);
    if (next !== undefined) next(value, timestamp);
    else this.environment.unclaimed?.(claimed, value, timestamp);
  }

  private takenBy(node: StreamNode): readonly KeyRegister[] {
    return this.registers.get(node)?.taken ?? [];
  }

  private context(node: StreamNode): OperatorContext {
    const { environment } = this;
    const uid = this.graph.uidOf(node);
    const registers = this.registers.get(node);
    return {
      uid,
      name: node.settings.name ?? uid,
      task: environment.task,
      clock: environment.clock,
      logger: environment.logger,
      metrics: environment.metrics,
      maxParallelism: environment.maxParallelism,
      alignment: environment.alignment,
      restored: environment.restored(uid),
      dropUnknownState: environment.dropUnknownState,
      inputKey: registers?.taken[0] ?? { key: undefined },
      outputKey: registers?.given ?? { key: undefined },
      splits: environment.splits(node),
      sideOutput: (target) => (value, timestamp) => this.emitTo(target, value, timestamp),
      watchInputs: (active) => environment.watchInputs(uid, active),
      onClose: (close) => environment.onClose(close),
    };
  }

  /** Everything that stands behind a node, as one observer. */
  private outputOf(node: StreamNode): StreamObserver<unknown> {
    return join([...this.behind(node), ...this.controlsOfSideOutputs(node), ...this.endOf(node)]);
  }

  private behind(node: StreamNode): StreamObserver<unknown>[] {
    return this.graph
      .consumersOf(node)
      .filter((edge) => edge.to.role.type !== 'sideOutput')
      .map((edge) => this.adapt(node, edge.to, edge.input));
  }

  /** A plain subscriber of this very stream. */
  private endOf(node: StreamNode): StreamObserver<unknown>[] {
    if (!this.ends.has(node) || node.role.type === 'sink') return [];
    const end = this.environment.end(node, this.graph.uidOf(node), nowhere);
    const register = this.registers.get(node)?.given;
    return [node.gives === 'keyed' && register !== undefined ? materialise(register, end) : end];
  }

  private controlsOfSideOutputs(node: StreamNode): StreamObserver<unknown>[] {
    return this.graph
      .consumersOf(node)
      .filter((edge) => edge.to.role.type === 'sideOutput')
      .flatMap((edge) => {
        const input = this.inputs.get(edge.to)?.[edge.input];
        return input === undefined ? [] : [withoutElements(input)];
      });
  }

  /** The input of a consumer, with what lies between the form that is given and the one that is taken. */
  private adapt(from: StreamNode, to: StreamNode, index: number): StreamObserver<unknown> {
    const input = this.inputs.get(to)?.[index] ?? nowhere;
    const given = this.registers.get(from)?.given;
    const taken = this.takenBy(to)[index] ?? { key: undefined };
    if (from.gives === 'keyed') {
      return to.expects === 'keyed' || given === undefined ? input : materialise(given, input);
    }
    if (to.expects === 'plain') return input;
    return takeApart(from.keepsKey ? given : undefined, taken, input, this.graph.uidOf(to));
  }

  /** `aggregate` behind a `windowBy` is part of it; whatever else stands there gets full windows. */
  private windowConsumers(node: StreamNode): WindowConsumer[] {
    const aggregates: WindowConsumer[] = [];
    const full: StreamObserver<unknown>[] = [];
    for (const edge of this.graph.consumersOf(node)) {
      const { role } = edge.to;
      if (role.type === 'windowAggregate') aggregates.push({ aggregate: role.aggregate, out: this.outputOf(edge.to) });
      else if (role.type !== 'sideOutput') full.push(this.adapt(node, edge.to, edge.input));
    }
    full.push(...this.endOf(node));
    const consumers = full.length > 0 ? [...aggregates, { aggregate: undefined, out: join(full) }] : aggregates;
    const controls = this.controlsOfSideOutputs(node);
    const [first, ...others] = consumers;
    if (first === undefined) return [{ aggregate: undefined, out: join(controls) }];
    return controls.length === 0 ? consumers : [{ ...first, out: join([first.out, ...controls]) }, ...others];
  }

  // ── runs of stock operators share one bridge ─────────────────────────────

  private soleStockConsumer(node: StreamNode): StreamNode | undefined {
    const consumers = this.graph.consumersOf(node);
    const [only] = consumers;
    return consumers.length === 1 && only?.to.role.type === 'stock' && !this.ends.has(node) ? only.to : undefined;
  }

  private startsRun(node: StreamNode): boolean {
    const [before] = this.graph.inputsOf(node);
    return before === undefined || before.role.type !== 'stock' || this.soleStockConsumer(before) === undefined;
  }

  private stockRun(node: StreamNode): unknown[] {
    const operators: unknown[] = [];
    for (let at: StreamNode | undefined = node; at !== undefined; at = this.soleStockConsumer(at)) {
      if (at.role.type === 'stock') operators.push(at.role.operator);
    }
    return operators;
  }

  private lastOfRun(node: StreamNode): StreamNode {
    let last = node;
    for (let next = this.soleStockConsumer(last); next !== undefined; next = this.soleStockConsumer(last)) last = next;
    return last;
  }
}

function join(observers: readonly StreamObserver<unknown>[]): StreamObserver<unknown> {
  const [only] = observers;
  if (only === undefined) return nowhere;
  return observers.length === 1 ? only : fork(observers);
}
