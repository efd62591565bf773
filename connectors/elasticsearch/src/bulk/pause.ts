import { createHash } from 'node:crypto';
import type { RetrySettings } from '../sink-settings.js';

/**
 * Milliseconds before the next try: doubled from attempt to attempt up to the most, and of that a half to the whole, so that jobs that were
 * refused together do not come back together. The same for the same seed and attempt, so that a run can be repeated.
 */
export function pauseBefore(attempt: number, { initial, max }: RetrySettings, seed: string): number {
  const whole = Math.min(max, initial * 2 ** (attempt - 1));
  return whole * (0.5 + fraction(`${seed} ${attempt}`) / 2);
}

function fraction(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}
