import { type Duration, milliseconds, SluiceError } from '@sluice/connector-sdk';

/** Milliseconds of a size, slide or gap: whole, so that bounds of windows are exact, and above 0. */
export function sizeOption(component: string, option: string, duration: Duration): number {
  const size = millisecondsOf(duration);
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw wrongWindowOption(component, option, 'a whole number of milliseconds above 0', duration);
}

export function offsetOption(component: string, duration: Duration | undefined): number {
  const offset = duration === undefined ? 0 : millisecondsOf(duration);
  if (Number.isSafeInteger(offset)) return offset;
  throw wrongWindowOption(component, 'offset', 'a whole number of milliseconds', duration);
}

/** NaN for what is no duration: the check says so, with the option's name. */
export function millisecondsOf(duration: Duration): number {
  try {
    return milliseconds(duration);
  } catch {
    return Number.NaN;
  }
}

export function countOption(component: string, option: string, count: number): number {
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw wrongWindowOption(component, option, 'a whole number above 0', count);
}

export function timeOption(component: string, time: unknown): 'event' | 'processing' {
  if (time === undefined || time === 'event' || time === 'processing') return time ?? 'event';
  throw wrongWindowOption(component, 'time', "'event' or 'processing'", time);
}

export function wrongWindowOption(component: string, option: string, expected: string, actual: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_WINDOW_OPTION',
    component,
    expected: `\`${option}\` to be ${expected}`,
    actual: typeof actual === 'function' ? 'a function' : String(actual),
    remedy: `correct \`${option}\` of ${component}`,
  });
}
