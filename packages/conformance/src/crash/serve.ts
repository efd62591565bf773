import { once } from 'node:events';
import { messageOf } from '../kit/violation.js';
import type { ChildNews, ChildOrder, RunPlan } from './fault.js';
import { FaultLine } from './fault-line.js';
import { settledResources, watchGarbage } from './open-resources.js';

/** What the process under test can do, besides dying. */
export interface Pipelines {
  /** Runs the job until it ends; `stop` suspends it where it is. */
  run(
    place: { readonly id: string; readonly folder: string },
    plan: RunPlan,
    line: FaultLine,
    stop: AbortSignal,
  ): Promise<void>;
  /** Opens and closes the connector once. */
  openAndClose(place: { readonly id: string; readonly folder: string }, round: number): Promise<void>;
}

const CHILD = 'SLUICE_CONFORMANCE_CHILD';

/** Environment of a process that runs the pipeline of the connector with this name. */
export function childEnvironment(name: string): Record<string, string> {
  return { [CHILD]: name };
}

/** This process is such a one. */
export function isChildOf(name: string): boolean {
  return process.env[CHILD] === name && process.send !== undefined;
}

/** Does what it is told until its parent is gone. Never returns: what follows the call in the author's file is for the test runner. */
export function serve(pipelines: Pipelines): Promise<never> {
  process.on('disconnect', () => process.exit(3));
  process.on('message', (order: ChildOrder) => {
    if (order.type === 'goOn') return;
    obey(order, pipelines).then(tell, (error) => tell({ type: 'failed', text: messageOf(error) }));
  });
  void tell({ type: 'ready' });
  return new Promise(() => {});
}

/** Resolves when it is on its way, whatever happens to this process next. */
function tell(news: ChildNews): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send !== undefined) process.send(news, () => resolve());
    else resolve();
  });
}

async function obey(order: Exclude<ChildOrder, { type: 'goOn' }>, pipelines: Pipelines): Promise<ChildNews> {
  if (order.type === 'open-and-close') return openAndClose(order, pipelines);
  const stop = new AbortController();
  const line = new FaultLine(order.plan.faults, {
    suspend: () => stop.abort(),
    async hold() {
      // The only order that can come now is the one to go on.
      const goOn = once(process, 'message');
      await tell({ type: 'held' });
      // By itself, between two turns: stopped from outside it could be in the middle of a call that holds a lock of the whole system.
      process.kill(process.pid, 'SIGSTOP');
      await goOn;
    },
  });
  await pipelines.run(order.place, order.plan, line, stop.signal);
  return { type: 'finished' };
}

const ROUNDS = 6;
/** ms between the end of a round and the look at what is open. */
const SETTLING = 100;

async function openAndClose(
  { place, limit }: { readonly place: { readonly id: string; readonly folder: string }; readonly limit: number },
  pipelines: Pipelines,
): Promise<ChildNews> {
  const collectGarbage = watchGarbage();
  const rounds: Record<string, number>[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    await pipelines.openAndClose(place, round);
    // The first rounds load and keep what is loaded once; the last one shows what has come on top.
    const most = round < ROUNDS ? {} : (rounds[1] ?? {});
    rounds.push(await settledResources(most, round < ROUNDS ? SETTLING : limit, collectGarbage));
  }
  return { type: 'open', rounds };
}
