import { type ConnectionOptions, Session } from './session.js';

/** Connections that are used again, so that an epoch does not pay for a login. As many are open as are taken at once. */
export class Sessions {
  private readonly idle: Session[] = [];
  private readonly all = new Set<Session>();
  private closed = false;
  /** Ends those that are being opened. */
  private opening = new AbortController();

  constructor(private readonly options: ConnectionOptions) {}

  async take(): Promise<Session> {
    for (let session = this.idle.pop(); session; session = this.idle.pop()) {
      if (!session.broken) {
        session.wake();
        return session;
      }
      this.all.delete(session);
    }
    const session = await Session.open(this.options, this.opening.signal);
    this.all.add(session);
    return session;
  }

  /** Only with no transaction open in it. */
  async giveBack(session: Session): Promise<void> {
    if (!session.broken && !this.closed) {
      session.rest();
      this.idle.push(session);
      return;
    }
    this.all.delete(session);
    await session.close();
  }

  /** On a connection for this alone; no answer takes longer than `limit`, in milliseconds. */
  async aside<R>(limit: number, work: (session: Session) => Promise<R>): Promise<R> {
    const { connectTimeout, statementTimeout } = this.options;
    const limits = {
      connectTimeout: Math.min(limit, connectTimeout),
      statementTimeout: Math.min(limit, statementTimeout),
    };
    const session = await Session.open({ ...this.options, ...limits }, this.opening.signal);
    this.all.add(session);
    try {
      return await work(session);
    } finally {
      this.all.delete(session);
      await session.close();
    }
  }

  /** When `signal` is aborted meanwhile, all connections are ended: nobody waits for a server that does not answer. */
  async until<R>(signal: AbortSignal, work: () => Promise<R>): Promise<R> {
    const abort = (): void => void this.close();
    signal.addEventListener('abort', abort, { once: true });
    try {
      if (signal.aborted) abort();
      return await work();
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Ends every connection, taken ones as well: their transactions are rolled back by the server. */
  async close(): Promise<void> {
    this.closed = true;
    this.opening.abort();
    this.opening = new AbortController();
    this.idle.length = 0;
    await Promise.all([...this.all].map((session) => session.close()));
    this.all.clear();
  }
}
