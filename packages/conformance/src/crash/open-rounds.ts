import type { ConformancePlace } from '../kit/place.js';
import type { Settings } from '../kit/settings.js';
import { noneOf, violated } from '../kit/violation.js';
import { within } from '../kit/within.js';
import type { ChildPool } from './child-pool.js';
import { grown, LEAK } from './open-resources.js';

/** Opens and closes the connector again and again in a process of its own: a violation when something stays open each time. */
export async function expectNothingOpen(
  pool: ChildPool,
  { id, folder }: ConformancePlace,
  settings: Settings,
): Promise<void> {
  const child = await pool.take();
  try {
    const { ended } = child.order({ type: 'open-and-close', place: { id, folder }, limit: settings.limit / 2 });
    const news = await within(settings.limit * 3, 'opening and closing again and again', ended);
    if (news.type === 'failed') violated(`opening and closing failed: ${news.text}`);
    if (news.type !== 'open') violated('the process ended while it was opening and closing');
    const [before = {}, after = {}] = [news.rounds[1], news.rounds.at(-1)];
    noneOf(grown(before, after, LEAK).map((line) => `open after ${news.rounds.length} rounds, ${line}`));
  } finally {
    await child.end();
  }
}
