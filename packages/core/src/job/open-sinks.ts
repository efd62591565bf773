import type { OpenedCheckpoint } from '../checkpoint/open-checkpoint.js';
import type { Graph } from '../graph/graph.js';
import type { StreamNode } from '../graph/node.js';
import { pluginContext, type RunIdentity } from '../task/plugin-context.js';
import type { RejectTarget } from '../task/rejects.js';
import { openSink, type RunningSink } from '../task/sink-runtime.js';
import type { JobRuntime } from './job-runtime.js';
import { failedCheck } from './permanent.js';

/** What the plugins of a run are opened with. */
export interface Opening {
  readonly graph: Graph;
  readonly plugins: JobRuntime['plugins'];
  readonly identity: RunIdentity;
  readonly opened: OpenedCheckpoint | undefined;
}

/** All checks, then recovery of every sink, before anything is written or read. Those that are open stand in `sinks`, also when it fails. */
export async function openSinks(
  { graph, plugins, identity, opened }: Opening,
  sinks: Map<StreamNode, RunningSink>,
  run: { rejects(target: object | undefined): RejectTarget; requestCheckpoint(): void },
): Promise<void> {
  const checked: { readonly node: StreamNode; readonly open: () => Promise<RunningSink> }[] = [];
  for (const node of graph.nodes) {
    if (node.role.type !== 'sink') continue;
    const context = pluginContext(identity, graph.uidOf(node));
    const sink = plugins.sink(node.role.sink);
    await sink.check?.(context).catch((error) => {
      throw failedCheck(error);
    });
    const setting = {
      context,
      rejects: run.rejects(node.role.rejected),
      requestCheckpoint: () => run.requestCheckpoint(),
      restored: opened?.operators.get(context.uid),
    };
    checked.push({ node, open: () => openSink(sink, setting) });
  }
  for (const { node, open } of checked) {
    identity.signal.throwIfAborted();
    sinks.set(node, await open());
  }
  for (const [node, sink] of sinks) {
    identity.signal.throwIfAborted();
    await sink.recover(opened?.committables.get(graph.uidOf(node)) ?? []);
  }
}
