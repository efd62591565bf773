import { leadingSources } from '../graph/leading-sources.js';
import type { StreamNode } from '../graph/node.js';
import { observableSource } from '../task/observable-source.js';
import { pluginContext } from '../task/plugin-context.js';
import { loopSplits } from '../task/source-port.js';
import { type RunningSource, startSource } from '../task/source-runtime.js';
import type { Opening } from './open-sinks.js';
import { failedCheck } from './permanent.js';
import { decodeSplits } from './restore.js';
import type { RunningComponent } from './run-component.js';

/** Opens every source where the checkpoint left it. Those that are open stand in `sources`, also when it fails. */
export async function openSources(
  { graph, plugins, identity, opened }: Opening,
  components: readonly RunningComponent[],
  sources: Map<StreamNode, RunningSource>,
): Promise<void> {
  const leading = leadingSources(graph);
  for (const { loop, entries, splits } of components) {
    for (const [node, input] of entries) {
      const { role } = node;
      if (role.type !== 'source' && role.type !== 'observable') continue;
      identity.signal.throwIfAborted();
      const uid = graph.uidOf(node);
      const source = plugins.source(
        role.type === 'source' ? role.source : observableSource(role.input, role.buffer, role.overflow),
      );
      const started = startSource({
        source,
        context: pluginContext(identity, uid),
        discoveryInterval: role.type === 'source' ? role.discoveryInterval : undefined,
        restored: decodeSplits(source, opened?.manifest.sources.get(uid) ?? [], opened?.manifest.finished ?? false),
        leads: leading.has(node),
        splits: (role.type === 'source' ? splits.get(node) : undefined) ?? loopSplits(),
        input,
        loop,
      });
      sources.set(
        node,
        await started.catch((error) => {
          throw failedCheck(error);
        }),
      );
    }
    loop.noMoreSources();
  }
}
