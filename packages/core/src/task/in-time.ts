import type { Clock } from '@sluice/connector-sdk';

/** Milliseconds that a plugin has to close what it opened. */
const CLOSING_TIME = 30_000;

/** Waits for plugins to close, but not for ever: one that hangs must not keep the next start from happening. */
export async function inTime(closing: Promise<unknown>, clock: Clock, late: () => void): Promise<void> {
  const sleep = new AbortController();
  await Promise.race([closing, clock.sleep(CLOSING_TIME, sleep.signal).then(late, () => {})]);
  sleep.abort();
}
