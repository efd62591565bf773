import type { OperatorOptions } from '../graph/node.js';
import type { Ttl } from '../state/ttl.js';

/** Settings of an operator that keeps one thing for each key. */
export interface StatefulOptions extends OperatorOptions {
  /** What it keeps for a key is forgotten after this time; the key then begins anew. Kept for ever by default. */
  readonly ttl?: Ttl;
}
