import type { Graph } from '../graph/graph.js';
import type { StreamNode } from '../graph/node.js';
import { sourceBefore } from '../graph/source-before.js';
import { type InspectedStore, watchStores } from '../state/opened-stores.js';
import type { StreamObserver } from '../stream/element.js';
import { instantiate, type RunEnvironment } from '../task/instantiate.js';
import { LocalLoop } from '../task/local-loop.js';
import { type LoopSplits, loopSplits, oneSplit } from '../task/source-port.js';
import type { InputWatermark } from '../time/watermark-delay.js';
import type { JobRuntime } from './job-runtime.js';

type SideOutput = (target: object, value: unknown, timestamp: number) => void;

/** One component of the graph, running: whatever is connected runs in one loop. */
export interface RunningComponent {
  readonly loop: LocalLoop;
  readonly splits: ReadonlyMap<StreamNode, LoopSplits>;
  /** Where the elements of each source go in. */
  readonly entries: ReadonlyMap<StreamNode, StreamObserver<unknown>>;
  readonly sideOutput: SideOutput;
}

/** What a run gives to the components of its graph. */
export interface ComponentSetting
  extends Pick<
    RunEnvironment,
    'logger' | 'metrics' | 'maxParallelism' | 'alignment' | 'checkpointed' | 'dropUnknownState' | 'restored' | 'onClose'
  > {
  lastCheckpoint(): number | undefined;
  /** The state of an operator has been opened. */
  opened(store: InspectedStore, loop: LocalLoop): void;
  watch(uid: string, active: () => readonly InputWatermark[], heldBack: () => boolean): void;
  /** The input of an end of the graph. */
  end(loop: LocalLoop, node: StreamNode, out: StreamObserver<unknown>): StreamObserver<unknown>;
}

/** Makes the operators of a component and the loop that will run them. */
export function buildComponent(
  graph: Graph,
  nodes: readonly StreamNode[],
  runtime: JobRuntime,
  setting: ComponentSetting,
): RunningComponent {
  let toSideOutput: SideOutput = () => {};
  const loop = new LocalLoop(runtime.clock, runtime.createPace(), {
    lastCheckpoint: () => setting.lastCheckpoint(),
    sideOutput: (target, value, timestamp) => toSideOutput(target, value, timestamp),
    nestedStreams: !setting.checkpointed,
  });
  const splits = new Map<StreamNode, LoopSplits>(
    nodes.map((node) => [node, node.role.type === 'source' ? loopSplits() : oneSplit()]),
  );
  const environment: RunEnvironment = {
    ...setting,
    task: loop,
    clock: runtime.clock,
    splits: (node) => splits.get(sourceBefore(graph, node) ?? node) ?? oneSplit(),
    watchInputs: (uid, active) => setting.watch(uid, active, () => loop.heldBack),
    end: (node, _uid, out) => setting.end(loop, node, out),
  };
  const { entries, sideOutput } = watchStores(
    (store) => setting.opened(store, loop),
    () => instantiate(graph, nodes, new Set(), environment),
  );
  toSideOutput = sideOutput;
  return { loop, splits, entries, sideOutput };
}
