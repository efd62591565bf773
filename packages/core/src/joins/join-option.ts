import { type Duration, milliseconds, SluiceError } from '@sluice/connector-sdk';
import type { JoinKind } from './join-context.js';

export function wrongJoinOption(component: string, option: string, expected: string, actual: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_OPTION',
    component,
    expected: `\`${option}\` to be ${expected}`,
    actual: shown(actual),
    remedy: `correct \`${option}\` of ${component}`,
  });
}

export function requireOptions(component: string, options: unknown): void {
  if (typeof options !== 'object' || options === null)
    throw wrongJoinOption(component, 'options', 'an object', options);
}

export function requireFunction(component: string, option: string, given: unknown): void {
  if (typeof given !== 'function') throw wrongJoinOption(component, option, 'a function', given);
}

const KINDS: readonly unknown[] = ['inner', 'left', 'right', 'full'] satisfies readonly JoinKind[];

/** Whose elements are emitted when they have no partner. */
export function outerSides(
  component: string,
  kind: unknown = 'inner',
): { readonly left: boolean; readonly right: boolean } {
  if (!KINDS.includes(kind)) throw wrongJoinOption(component, 'kind', "'inner', 'left', 'right' or 'full'", kind);
  return { left: kind === 'left' || kind === 'full', right: kind === 'right' || kind === 'full' };
}

/** The bounds of `within` in milliseconds. */
export function withinOption(component: string, within: unknown): readonly [low: number, high: number] {
  if (!Array.isArray(within) || within.length !== 2)
    throw wrongJoinOption(component, 'within', 'two durations, [from, to]', within);
  const [from, to] = within as unknown as readonly [Duration, Duration];
  const [low, high] = [milliseconds(from), milliseconds(to)];
  if (low > high)
    throw wrongJoinOption(component, 'within', 'two durations of which the first is not above the second', within);
  return [low, high];
}

function shown(actual: unknown): string {
  if (typeof actual === 'function') return 'a function';
  if (Array.isArray(actual)) return `[${actual.map(String).join(', ')}]`;
  return String(actual);
}
