import type { Clock } from '@sluice/connector-sdk';

/**
 * Whose turn it is: the operator sets it before it calls user code and takes it back afterwards. Handles of state belong to the key
 * whose turn it is.
 */
export interface Turn {
  /** The id of the key; −1 outside a turn. */
  id: number;
  /** Of the element or timer; NaN for an element that has none. */
  timestamp: number;
  /** The operator's event time. */
  readonly watermark: number;
  readonly clock: Clock;
}

export const NO_TURN = -1;
