import { type OptionChecks, optionChecks, shownOption } from '@sluice/connector-sdk';
import { SIDE_TARGET } from '../stream/side-target.js';

/** Checks of what operators are given, when the pipe is built. */
export const option: OptionChecks = optionChecks('SLUICE_OPTION');

/** A stream: another Observable at least. */
export function requireStream(component: string, name: string, value: unknown): void {
  const isStream = typeof (value as { subscribe?: unknown } | null | undefined)?.subscribe === 'function';
  option.require(component, isStream, name, 'a stream', shownOption(value));
}

/** A side output, or nothing. */
export function requireSideOutput(component: string, name: string, value: unknown): void {
  if (value === undefined) return;
  const isTarget = typeof value === 'object' && value !== null && SIDE_TARGET in value;
  option.require(component, isTarget, name, "a side output: sideOutput('name')", shownOption(value));
}

/** An aggregate function, of the package or one's own. */
export function requireAggregate(component: string, name: string, value: unknown): void {
  const methods = value as Partial<Record<string, unknown>> | null | undefined;
  const missing = ['create', 'add', 'merge', 'result'].filter((method) => typeof methods?.[method] !== 'function');
  option.require(
    component,
    missing.length === 0,
    name,
    'an aggregate function such as countOf()',
    missing.length === 4 ? shownOption(value) : `one without ${missing.join(', ')}`,
  );
}

/** One of a few words. */
export function requireOneOf(component: string, name: string, value: unknown, choices: readonly string[]): void {
  const expected = choices.map((choice) => `'${choice}'`).join(' or ');
  option.require(component, choices.includes(value as string), name, expected, shownOption(value));
}
