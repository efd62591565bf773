import { type Sink, SluiceError } from '@sluice/connector-sdk';
import { requireTarget } from './require-target.js';

/** As much of a Writable of Node as is needed here. */
export interface WritableTarget {
  write(chunk: unknown, callback: (error?: Error | null) => void): boolean;
  end(callback: () => void): unknown;
  on(event: 'drain' | 'error' | 'close', listener: (error?: unknown) => void): unknown;
  removeListener(event: 'drain' | 'error' | 'close', listener: (error?: unknown) => void): unknown;
  readonly destroyed?: boolean;
  readonly writableEnded?: boolean;
}

export interface WritableSinkOptions<T> {
  /** Makes the chunk of an element; the element itself when left out, as for a stream in object mode. */
  readonly chunk?: (value: T) => unknown;
  /** Whether the stream is ended once the input has ended. Default false: `process.stdout` and what others write to stay open. */
  readonly end?: boolean;
}

/**
 * Into a Writable of Node: a response, a pipe, a socket, `process.stdout`. At-least-once.
 *
 * The job waits while the stream is full, until `drain`; a checkpoint waits until every chunk before it has been taken. An error of the
 * stream, or its closing, fails the job.
 *
 * @throws SLUICE_SINK at once for what is no Writable; SLUICE_WRITABLE (fails the job) for a stream that has been closed or ended
 *
 * @example
 * clicks$.pipe(to(writableSink(process.stdout, { chunk: (click) => `${JSON.stringify(click)}\n` })));
 */
export function writableSink<T>(
  stream: WritableTarget,
  { chunk = (value) => value, end = false }: WritableSinkOptions<T> = {},
): Sink<T> {
  const writable = typeof stream?.write === 'function' && typeof stream.on === 'function';
  requireTarget('writableSink', writable, 'a Writable of Node', stream);
  return {
    specVersion: 1,
    name: 'writable',
    guarantee: 'at-least-once',
    async open() {
      if (stream.destroyed === true || stream.writableEnded === true) throw closed();
      const writer = new StreamWriter(stream);
      return {
        write: (value) => writer.write(chunk(value)),
        flush: (endOfInput = false) => writer.flush(end && endOfInput),
        close: async () => writer.close(),
      };
    },
  };
}

class StreamWriter {
  private failure: { readonly error: unknown } | undefined;
  private written = 0;
  private taken = 0;
  private ended = false;
  private drained: Promise<void> | undefined;
  /** Look again: something has changed. */
  private readonly waiting = new Set<() => void>();

  constructor(private readonly stream: WritableTarget) {
    stream.on('error', this.onError);
    stream.on('close', this.onClose);
  }

  write(chunk: unknown): Promise<void> | undefined {
    if (this.failure !== undefined) return Promise.reject(this.failure.error);
    this.written++;
    const room = this.stream.write(chunk, (error) => {
      this.taken++;
      if (error !== undefined && error !== null) this.fail(error);
      this.changed();
    });
    if (room) return undefined;
    this.drained ??= this.drain();
    return this.drained;
  }

  async flush(end: boolean): Promise<void> {
    const due = this.written;
    await this.until(() => this.taken >= due);
    if (!end || this.ended) return;
    this.ended = true;
    let finished = false;
    this.stream.end(() => {
      finished = true;
      this.changed();
    });
    await this.until(() => finished);
  }

  close(): void {
    this.stream.removeListener('close', this.onClose);
    // Of chunks that are still under way nobody else may hear, and an error that nobody hears ends the process.
    if (this.taken === this.written) this.stream.removeListener('error', this.onError);
  }

  private async drain(): Promise<void> {
    let room = false;
    const onDrain = (): void => {
      room = true;
      this.changed();
    };
    this.stream.on('drain', onDrain);
    try {
      await this.until(() => room);
    } finally {
      this.drained = undefined;
      this.stream.removeListener('drain', onDrain);
    }
  }

  private async until(holds: () => boolean): Promise<void> {
    for (;;) {
      if (this.failure !== undefined) throw this.failure.error;
      if (holds()) return;
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  private changed(): void {
    for (const look of this.waiting) look();
    this.waiting.clear();
  }

  private readonly onError = (error: unknown): void => this.fail(error);

  private readonly onClose = (): void => {
    if (!this.ended) this.fail(closed());
  };

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.changed();
  }
}

function closed(): SluiceError {
  return new SluiceError({
    code: 'SLUICE_WRITABLE',
    component: 'writableSink',
    expected: 'a stream that can be written to',
    actual: 'one that has been closed or ended',
    remedy: 'give each run a stream of its own, and see who closes it',
  });
}
