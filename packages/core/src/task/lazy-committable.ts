import type { Codec } from '@sluice/connector-sdk';
import type { PreparedCommittable } from '../stream/barrier.js';

/**
 * A committable as its transaction gave it, encoded when its bytes are first asked for: one that goes straight into the transaction of its
 * checkpoint never is. It holds the one or the other, so that an epoch of rows is not in memory twice.
 */
export class LazyCommittable implements PreparedCommittable {
  readonly version: number;
  #held: { readonly value: unknown } | { readonly bytes: Uint8Array };

  constructor(
    value: unknown,
    private readonly codec: Codec<unknown>,
  ) {
    this.version = codec.version;
    this.#held = { value };
  }

  get bytes(): Uint8Array {
    if ('value' in this.#held) this.#held = { bytes: this.codec.encode(this.#held.value) };
    return this.#held.bytes;
  }

  /** What the transaction gave, or its equal. */
  get value(): unknown {
    return 'value' in this.#held ? this.#held.value : this.codec.decode(this.version, this.#held.bytes);
  }
}
