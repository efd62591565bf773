import type { InputRecord } from '@sluice-examples/runner';

export interface PageView {
  readonly user: string;
  readonly page: string;
  /** When it was viewed, epoch milliseconds: not when it arrived. */
  readonly at: number;
}

const PAGES = ['/', '/docs', '/docs/windows', '/pricing', '/blog'];
const START = Date.UTC(2026, 0, 1);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * A second apart, and out of order as real ones are: most come within half a minute, one in twenty some minutes late, and one in a hundred is sent
 * hours later by a phone that was offline.
 */
export function pageView(index: number, random: () => number): InputRecord {
  const page = PAGES[Math.floor(random() * PAGES.length)] ?? '/';
  const now = START + index * SECOND;
  const kind = random();
  if (kind < 0.01) return record({ user: `phone-${index}`, page, at: now - 3 * 60 * MINUTE });
  const delay = kind < 0.06 ? 2 * MINUTE + random() * 3 * MINUTE : random() * 30 * SECOND;
  // Users come and go: each quarter of an hour has its own.
  const user = `user-${(Math.floor(index / 900) * 7 + Math.floor(random() ** 2 * 40)) % 60}`;
  return record({ user, page, at: Math.round(now - delay) });
}

function record(view: PageView): InputRecord {
  return { key: view.user, value: JSON.stringify(view) };
}
