import { KafkaFailure } from './kafka-failure.js';

/** An answer that is not what the protocol says. Asked again, the broker would say the same. */
export function malformed(what: string): KafkaFailure {
  return new KafkaFailure({ kind: 'client', type: `MALFORMED_${what}`, retriable: false });
}
