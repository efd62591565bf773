import { SluiceError } from '@sluice/connector-sdk';
import type { Turn } from './turn.js';

/** The id of the key whose turn it is. */
export function idInTurn(turn: Turn, state: string): number {
  const { id } = turn;
  if (id < 0) throw outsideTurn(state);
  return id;
}

function outsideTurn(state: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_STATE_OUTSIDE_TURN',
    component: `state '${state}'`,
    expected: 'to be used in the turn of a key: in the call of onElement or onTimer',
    actual: 'a use after the call had returned, or before it',
    remedy:
      'read and write state before the handler returns: not in a promise, a callback or a generator that runs later',
  });
}
