import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { bidStream, LAG_MS } from './bid-stream.js';
import { GAP_MS, hashOfSession, type UserSession } from './q11-data.js';
import { windowsConsumer } from './windows-consumer.js';

interface Session {
  readonly bidder: number;
  start: number;
  end: number;
  bids: number;
  /** Another open one of the same bidder. */
  other: Session | undefined;
}

const LOOK_EVERY_MS = 1_000;

/**
 * q11 by hand: the open sessions of each bidder, mostly one. Bids may be out of order, so a session stays until the watermark has passed
 * its end; once a second of event time all open ones are looked at.
 */
export async function q11InLoop(): Promise<ArmResult> {
  const batches = bidStream();
  const { consume, begins, completed, result } = windowsConsumer(hashOfSession);
  const sessions = new Sessions(consume);
  for (const [at, values] of batches.entries()) {
    begins(at);
    sessions.takeAll(values);
  }
  sessions.advance(Number.POSITIVE_INFINITY);
  completed();
  return result();
}

class Sessions {
  private readonly open = new Map<number, Session>();
  private nextLook = Number.NEGATIVE_INFINITY;

  constructor(private readonly consume: (session: UserSession) => void) {}

  takeAll(values: readonly Bid[]): void {
    for (let index = 0; index < values.length; index++) {
      const { bidder, dateTime } = values[index] as Bid;
      const session = this.open.get(bidder);
      if (session !== undefined && dateTime >= session.start && dateTime <= session.end) {
        session.bids++;
        if (dateTime + GAP_MS > session.end) session.end = dateTime + GAP_MS;
      } else {
        this.begin(bidder, dateTime, session);
      }
      if (dateTime >= this.nextLook) {
        this.advance(dateTime - LAG_MS - 1);
        this.nextLook = dateTime + LOOK_EVERY_MS;
      }
    }
  }

  advance(watermark: number): void {
    for (const [bidder, first] of this.open) {
      let left: Session | undefined;
      for (let session: Session | undefined = first; session !== undefined; ) {
        const { other }: Session = session;
        if (session.end - 1 <= watermark) {
          this.consume(session);
        } else {
          session.other = left;
          left = session;
        }
        session = other;
      }
      if (left === undefined) this.open.delete(bidder);
      else if (left !== first) this.open.set(bidder, left);
    }
  }

  /** A bid outside of its bidder's session: one of its own, or one that is made of those that it touches. */
  private begin(bidder: number, dateTime: number, first: Session | undefined): void {
    const begun: Session = { bidder, start: dateTime, end: dateTime + GAP_MS, bids: 1, other: undefined };
    for (let session = first; session !== undefined; ) {
      const { other }: Session = session;
      if (session.start <= begun.end && session.end >= begun.start) {
        begun.bids += session.bids;
        begun.start = Math.min(begun.start, session.start);
        begun.end = Math.max(begun.end, session.end);
      } else {
        session.other = begun.other;
        begun.other = session;
      }
      session = other;
    }
    this.open.set(bidder, begun);
  }
}
