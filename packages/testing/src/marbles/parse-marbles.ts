import { type Duration, milliseconds, SluiceError } from '@sluice/connector-sdk';

export type MarbleKind = 'value' | 'watermark' | 'barrier' | 'idle' | 'complete' | 'error';

/** One symbol of a marble diagram. */
export interface Marble {
  /** Milliseconds from the beginning. */
  readonly frame: number;
  readonly kind: MarbleKind;
  readonly symbol: string;
}

export interface ParsedMarbles {
  readonly marbles: readonly Marble[];
  /** The frame behind the last symbol. */
  readonly end: number;
}

const KINDS: Readonly<Record<string, MarbleKind>> = {
  W: 'watermark',
  B: 'barrier',
  I: 'idle',
  '|': 'complete',
  '#': 'error',
};

/** Digits and a unit, set apart by spaces: time that passes. */
const PROGRESSION = /^(\d+(?:\.\d+)?(?:ms|s|m|h|d))(?= |$)/;

/**
 * Reads a marble diagram. Each symbol takes a frame of one millisecond; those in parentheses share the frame of the opening one and
 * take, as in RxJS, as many frames as there are characters.
 *
 * @throws SLUICE_MARBLES for what is no marble diagram
 */
export function parseMarbles(diagram: string): ParsedMarbles {
  const marbles: Marble[] = [];
  let frame = 0;
  let group: number | undefined;
  for (let at = 0; at < diagram.length; ) {
    const symbol = diagram[at] as string;
    const progression = at === 0 || diagram[at - 1] === ' ' ? PROGRESSION.exec(diagram.slice(at)) : null;
    if (progression?.[1] !== undefined && group === undefined) {
      frame += milliseconds(progression[1] as Duration);
      at += progression[1].length;
      continue;
    }
    at++;
    if (symbol === ' ') continue;
    if (symbol === '(') {
      if (group !== undefined) throw malformed(diagram, at, 'a group inside a group');
      group = frame;
    } else if (symbol === ')') {
      if (group === undefined) throw malformed(diagram, at, "')' without '('");
      group = undefined;
    } else if (symbol !== '-') {
      const kind = KINDS[symbol] ?? (/^[a-z0-9]$/.test(symbol) ? 'value' : undefined);
      if (kind === undefined) throw malformed(diagram, at, `'${symbol}'`);
      const last = marbles.at(-1)?.kind;
      if (last === 'complete' || last === 'error') throw malformed(diagram, at, `'${symbol}' behind the end`);
      marbles.push({ frame: group ?? frame, kind, symbol });
    }
    frame++;
  }
  if (group !== undefined) throw malformed(diagram, diagram.length, "'(' without ')'");
  return { marbles, end: frame };
}

function malformed(diagram: string, at: number, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_MARBLES',
    component: 'marbles',
    expected:
      'values a-z and 0-9, W watermark, B barrier, I idle, | end, # error, - one millisecond, ( ) and times such as 5s',
    actual: `${actual} at character ${at} of '${diagram}'`,
    remedy: 'correct the diagram; a time stands between spaces',
  });
}
