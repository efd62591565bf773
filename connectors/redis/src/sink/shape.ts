import type { Argument } from '../connection/client.js';
import type { Script } from './lua.js';

/** What makes a sink one of hashes, of strings, of lists ... */
export interface Shape<T, Content> {
  readonly component: string;
  readonly script: Script;
  /** 2: beside each key there is one for its version. */
  readonly keysOfAWrite: 1 | 2;
  /** What the script is told besides: SETTING. */
  readonly setting: string;
  /** A command that the server has to know, such as that of a module. */
  readonly command?: { readonly name: string; readonly remedy: string };
  /** What the element determines besides the key: with it, the identity of what is written. */
  identity(value: T): string;
  /** Once per run. */
  encoder(): Encode<T, Content>;
  /** Of two writes of one key in a batch, one. */
  combine(earlier: Content, later: Content): Content;
  /** The arguments of a write, and where it is not the first of a call, of the one before. */
  argumentsOf(content: Content, before?: Content): readonly Argument[];
}

/** Makes what is to be written of an element. Throws a `SluiceError` when the element cannot be written. */
export type Encode<T, Content> = (value: T, key: string) => Encoded<Content>;

export interface Encoded<Content> {
  /** Writes of one key that have different members have nothing to do with each other. */
  readonly member: string;
  readonly content: Content;
  readonly bytes: number;
}
