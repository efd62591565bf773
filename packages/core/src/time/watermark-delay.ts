/** Where one of several inputs of an operator is. */
export interface InputWatermark {
  readonly input: string;
  readonly watermark: number;
}

/** An operator stands still in event time because of some of its inputs. */
export interface WatermarkDelay {
  readonly uid: string;
  /** The inputs that hold the others back: splits of a source, or the operators before. */
  readonly inputs: readonly string[];
  /** Where they are; `-Infinity` when they have given nothing yet. */
  readonly watermark: number;
  /** How far the foremost input is ahead of them, in milliseconds of event time. */
  readonly behindMs: number;
  /** How long they have been there, in milliseconds. */
  readonly forMs: number;
}

interface Watched {
  readonly uid: string;
  /** The inputs that count: neither idle nor at their end. */
  active(): readonly InputWatermark[];
  /** What comes from them is not taken just now. */
  heldBack(): boolean;
  watermark: number;
  since: number;
  tellAfter: number;
}

/**
 * Finds inputs whose watermark has not moved for `after` milliseconds while another input of the same operator is ahead. Time in which
 * the operator takes nothing is not counted: that delay is not the input's.
 */
export class WatermarkDelays {
  private readonly watched: Watched[] = [];
  private checkedAt = Number.NaN;

  constructor(private readonly after: number) {}

  watch(uid: string, active: () => readonly InputWatermark[], heldBack: () => boolean): void {
    this.watched.push({ uid, active, heldBack, watermark: Number.NaN, since: 0, tellAfter: this.after });
  }

  /** Each delay is found once when it has lasted for `after`, and again each time it has lasted as long once more. */
  check(now: number): readonly WatermarkDelay[] {
    const elapsed = Number.isNaN(this.checkedAt) ? 0 : now - this.checkedAt;
    this.checkedAt = now;
    const delays: WatermarkDelay[] = [];
    for (const one of this.watched) {
      const found = this.look(one, now, elapsed);
      if (found !== undefined) delays.push(found);
    }
    return delays;
  }

  private look(one: Watched, now: number, elapsed: number): WatermarkDelay | undefined {
    const active = one.active();
    const least = Math.min(...active.map(({ watermark }) => watermark));
    const foremost = Math.max(...active.map(({ watermark }) => watermark));
    if (!(least < foremost) || least !== one.watermark) {
      one.watermark = least < foremost ? least : Number.NaN;
      one.since = now;
      one.tellAfter = this.after;
      return undefined;
    }
    if (one.heldBack()) one.since += elapsed;
    const forMs = now - one.since;
    if (forMs < one.tellAfter) return undefined;
    one.tellAfter = forMs + this.after;
    return {
      uid: one.uid,
      inputs: active.filter(({ watermark }) => watermark === least).map(({ input }) => input),
      watermark: least,
      behindMs: foremost - least,
      forMs,
    };
  }
}
