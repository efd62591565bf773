import { type Duration, shownOption } from '@sluice/connector-sdk';
import { option, requireOneOf } from '../options/option.js';
import type { JoinKind } from './join-context.js';

const KINDS = ['inner', 'left', 'right', 'full'] satisfies readonly JoinKind[];

/** Whose elements are emitted when they have no partner. */
export function outerSides(
  component: string,
  kind: unknown = 'inner',
): { readonly left: boolean; readonly right: boolean } {
  requireOneOf(component, 'kind', kind, KINDS);
  return { left: kind === 'left' || kind === 'full', right: kind === 'right' || kind === 'full' };
}

/** The bounds of `within` in milliseconds. */
export function withinOption(component: string, within: unknown): readonly [low: number, high: number] {
  const isPair = Array.isArray(within) && within.length === 2;
  option.require(component, isPair, 'within', 'two durations, [from, to]', shownOption(within));
  const [from, to] = within as unknown as readonly [Duration, Duration];
  const most = Number.MAX_SAFE_INTEGER;
  const low = option.duration(component, 'within[0]', from, -most, most);
  const high = option.duration(component, 'within[1]', to, -most, most);
  option.require(component, low <= high, 'within', 'the first duration not above the second', `[${from}, ${to}]`);
  return [low, high];
}
