import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from '../kit/within.js';

/** Comes and goes with any asynchronous work, and keeps nothing open. */
const PASSING = new Set(['Immediate', 'TickObject', 'CloseReq', 'FSReqPromise', 'FSReqCallback', 'PipeWrap']);

/** What keeps this process alive, and its open descriptors where the system tells them, by kind. */
export function openResources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (!PASSING.has(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  counts['files left to the garbage collector'] = forgotten;
  try {
    counts.descriptors = readdirSync('/proc/self/fd').length;
  } catch {
    // Only Linux tells them so.
  }
  return counts;
}

/** Descriptors that were not closed but found by the garbage collector: Node warns of each. */
let forgotten = 0;

/** From now on `openResources` counts only what is really held, and what was let go without being closed. */
export function watchGarbage(): () => void {
  process.on('warning', ({ message }) => {
    if (message.includes('on garbage collection')) forgotten++;
  });
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** Connections end a moment after they are told to: looks until there are no more than there were. */
export async function settledResources(
  before: Readonly<Record<string, number>>,
  limit: number,
  collectGarbage: () => void,
): Promise<Record<string, number>> {
  let now = openResources();
  await eventually(limit, () => {
    collectGarbage();
    now = openResources();
    return grown(before, now, LEAK).length === 0;
  });
  return now;
}

/** More than a pool grows by while it warms up. */
export const LEAK = 3;

/** Kinds of which there are more, by at least so many, one line for each. */
export function grown(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  least: number,
): string[] {
  return Object.entries(after)
    .filter(([kind, count]) => count - (before[kind] ?? 0) >= least)
    .map(([kind, count]) => `${kind}: ${before[kind] ?? 0} before, ${count} after`);
}
