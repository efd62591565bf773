import { readdirSync } from 'node:fs';
import { eventually } from '../kit/within.js';

/** Comes and goes with any asynchronous work, and keeps nothing open. */
const PASSING = new Set(['Immediate', 'TickObject', 'CloseReq', 'FSReqPromise', 'FSReqCallback', 'PipeWrap']);

/** What keeps this process alive, and its open descriptors where the system tells them, by kind. */
export function openResources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (!PASSING.has(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  try {
    counts.descriptors = readdirSync('/proc/self/fd').length;
  } catch {
    // Only Linux tells them so.
  }
  return counts;
}

/** Connections end a moment after they are told to: looks until there are no more than there were. */
export async function settledResources(
  before: Readonly<Record<string, number>>,
  limit: number,
): Promise<Record<string, number>> {
  let now = openResources();
  await eventually(limit, () => {
    now = openResources();
    return grown(before, now).length === 0;
  });
  return now;
}

/** Kinds of which there are more, one line for each. */
export function grown(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>): string[] {
  return Object.entries(after)
    .filter(([kind, count]) => count > (before[kind] ?? 0))
    .map(([kind, count]) => `${kind}: ${before[kind] ?? 0} before, ${count} after`);
}
