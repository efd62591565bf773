import type { Duration } from '@sluice/connector-sdk';
import type { PoisonPolicy } from './poison.js';

/** What `fileSource` and `csvSource` have in common: which files, how far they are read, what becomes of a bad line. */
export interface FilesOptions {
  /**
   * Paths or glob patterns, relative to the working directory. One file is one split, and the path as written here is its id: a job that is
   * to go on from a checkpoint must find the file under the same path. A path that exists is taken literally, whatever characters it has.
   */
  readonly paths: string | readonly string[];
  /** Never ends: follows the files as they grow, and takes in files that a pattern matches later. Default false: each file is read to its end. */
  readonly tail?: boolean;
  /** How often a tailed file is looked at once its end is reached, default 100 ms. */
  readonly poll?: Duration;
  /**
   * How long a tailed file that has been rotated, so that another one has its name, is looked at for more: whoever wrote to it may not have opened
   * the new one yet. Its last line counts as ended then. Default 5 s.
   */
  readonly rotateWait?: Duration;
  /** What becomes of a line that cannot be decoded, default `'fail'`. */
  readonly poison?: PoisonPolicy;
  /** The longest line, in bytes without its terminator, default 16 MiB. A longer one is a bad line. */
  readonly maxLineBytes?: number;
  /**
   * A pattern that matches nothing is an error, unless this is true: then it is enough that `paths` finds some file. With `tail` it never is
   * one, because the files may come later.
   */
  readonly allowNoMatch?: boolean;
}
