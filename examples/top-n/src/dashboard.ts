import Table from 'cli-table3';
import type { Ranking } from './pipeline.js';

const WIDTH = 40;

/** A ranking as a table with a bar for each topic. */
export function tableOf({ at, topics }: Ranking): string {
  const most = topics[0]?.mentions ?? 1;
  const table = new Table({ head: ['', 'topic', 'mentions', ''], style: { head: [], border: [] } });
  topics.forEach(({ topic, mentions }, place) => {
    table.push([place + 1, topic, mentions, '█'.repeat(Math.max(1, Math.round((mentions / most) * WIDTH)))]);
  });
  return `The minute before ${new Date(at).toISOString().slice(11, 19)}\n${table.toString()}`;
}

/** In a terminal each ranking takes the place of the one before; elsewhere one in twelve is written. */
export class Dashboard {
  private shown = 0;
  private lines = 0;

  constructor(private readonly output: NodeJS.WriteStream) {}

  show(ranking: Ranking): void {
    const text = tableOf(ranking);
    if (!this.output.isTTY) {
      if (this.shown++ % 12 === 0) this.output.write(`${text}\n`);
      return;
    }
    if (this.lines > 0) this.output.write(`\x1b[${this.lines}A\x1b[J`);
    this.output.write(`${text}\n`);
    this.lines = text.split('\n').length;
  }
}
