import type { Graph } from './graph.js';
import { nameOf, planTasks } from './plan.js';

/** The graph as a Mermaid flowchart: one box per operator, one frame per task, an arrow per edge. */
export function toMermaid(graph: Graph): string {
  const plan = planTasks(graph);
  const ids = new Map(graph.nodes.map((node, index) => [node, `n${index + 1}`]));
  const lines = ['flowchart LR'];
  for (const task of plan.tasks) {
    lines.push(`  subgraph t${task.id}["task ${task.id}"]`);
    for (const node of task.nodes) {
      const name = quoted(nameOf(graph, node));
      const shape = node.inputs.length === 0 ? `([${name}])` : node.role.type === 'sink' ? `[(${name})]` : `[${name}]`;
      lines.push(`    ${ids.get(node)}${shape}`);
    }
    lines.push('  end');
  }
  for (const node of graph.nodes) {
    for (const input of graph.inputsOf(node)) {
      const arrow = node.role.type === 'sideOutput' ? '-.->' : node.shuffles ? '-- hash -->' : '-->';
      lines.push(`  ${ids.get(input)} ${arrow} ${ids.get(node)}`);
    }
  }
  return lines.join('\n');
}

/** Names are the user's: quotes and brackets would end the box. */
function quoted(name: string): string {
  return `"${name.replace(/["\\<>&#;]/g, (character) => `#${character.charCodeAt(0)};`)}"`;
}
