import { type ConnectionOptions, Session } from './session.js';

/** Connections that are used again, so that an epoch does not pay for a login. As many are open as are taken at once. */
export class Sessions {
  private readonly idle: Session[] = [];
  private readonly all = new Set<Session>();
  private closed = false;

  constructor(private readonly options: ConnectionOptions) {}

  async take(): Promise<Session> {
    for (let session = this.idle.pop(); session; session = this.idle.pop()) {
      if (!session.broken) {
        session.wake();
        return session;
      }
      this.all.delete(session);
    }
    const session = await Session.open(this.options);
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

  /** Ends every connection, taken ones as well: their transactions are rolled back by the server. */
  async close(): Promise<void> {
    this.closed = true;
    this.idle.length = 0;
    await Promise.all([...this.all].map((session) => session.close()));
    this.all.clear();
  }
}
