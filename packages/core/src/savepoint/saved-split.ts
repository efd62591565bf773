import { type Codec, SluiceError, structuredCodec } from '@sluice/connector-sdk';
import type { Versioned } from '../checkpoint/frames.js';
import type { ManifestSplit } from '../checkpoint/manifest.js';

/** How far a split of a source has been read. */
export interface SavedSplit<Split = unknown, Position = unknown> {
  readonly id: string;
  readonly split: Split;
  /** Where reading goes on; `undefined` when nothing has been read. */
  readonly position: Position | undefined;
  /** It was read to its end. */
  readonly finished: boolean;
}

/** How a source keeps its splits and positions; the source itself is one. */
export interface SplitCodecs<Split, Position> {
  readonly splitCodec?: Codec<Split> | undefined;
  readonly positionCodec?: Codec<Position> | undefined;
}

export function savedSplit<Split, Position>(
  uid: string,
  { id, split, position, finished }: ManifestSplit,
  { splitCodec = structuredCodec(), positionCodec = structuredCodec() }: SplitCodecs<Split, Position>,
): SavedSplit<Split, Position> {
  return {
    id,
    split: decode(uid, splitCodec, split),
    position: position && decode(uid, positionCodec, position),
    finished,
  };
}

function decode<T>(uid: string, codec: Codec<T>, { version, bytes }: Versioned): T {
  try {
    return codec.decode(version, bytes);
  } catch (cause) {
    throw new SluiceError({
      code: 'SLUICE_STATE_VERSION',
      component: `source '${uid}'`,
      expected: `a split or position that the codec can decode (version ${codec.version})`,
      actual: `bytes of version ${version} that it cannot`,
      remedy: 'give splits() the source that wrote them: it knows its codecs',
      cause,
    });
  }
}
