import { SluiceError } from '@sluice/connector-sdk';
import type { KeyRange } from './key-range.js';

/** Other ranges would be read beside those of the checkpoint, and most rows twice. @throws SLUICE_POSTGRES_SPLITS */
export function requireSameSplits(component: string, { of }: Pick<KeyRange, 'of'>, splits: number): void {
  if (of === splits) return;
  throw new SluiceError({
    code: 'SLUICE_POSTGRES_SPLITS',
    component,
    expected: `the ${splits} ranges of \`splits\``,
    actual: `a range out of ${of}, from the checkpoint`,
    remedy: `set \`splits\` to ${of} again, or start from scratch`,
  });
}
