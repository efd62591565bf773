/** What is done to the process, and where: before the nth call of that name. */
export interface Strike {
  /** A call of the file system as the sink makes it; `half` is one that writes half of a block; `publish` and `published` are around the manifest. */
  readonly point: string;
  readonly nth: number;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
}

export interface SinkPlan {
  readonly directory: string;
  readonly checkpoints: string;
  readonly elements: number;
  readonly buckets: number;
  readonly compression: 'gzip' | undefined;
  readonly maxBytes: number;
  readonly maxAge: number;
  /** Elements between two checkpoints: the source waits for each. */
  readonly perCheckpoint: number;
  readonly strike: Strike | undefined;
}

export type Told =
  | { readonly type: 'struck'; readonly point: string }
  | { readonly type: 'started'; readonly restoredFrom: number | undefined }
  | { readonly type: 'finished' }
  | { readonly type: 'failed'; readonly codes: readonly string[] };
