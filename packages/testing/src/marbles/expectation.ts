import { type Clock, SluiceError } from '@sluice/connector-sdk';
import type { Observable, Observer } from 'rxjs';
import type { Watcher } from './engine-streams.js';
import type { ParsedMarbles } from './parse-marbles.js';
import { alignTimelines, type Happening, sameTimeline } from './timeline.js';

/** A stream, what it should give, and what it has given. */
export class Expectation {
  readonly end: number;
  private readonly expected: readonly Happening[];
  private readonly received: Happening[] = [];
  private readonly controls: boolean;
  private ended = false;

  constructor(
    readonly stream: Observable<unknown>,
    private readonly diagram: string,
    parsed: ParsedMarbles,
    lookUp: (symbol: string) => unknown,
  ) {
    this.end = parsed.end;
    this.expected = parsed.marbles.map(({ frame, kind, symbol }) =>
      kind === 'value' ? { frame, kind, value: lookUp(symbol) } : { frame, kind },
    );
    this.controls = parsed.marbles.some(({ kind }) => kind === 'watermark' || kind === 'barrier' || kind === 'idle');
  }

  /** Of a stream of the engine's. */
  watcher(clock: Clock): Watcher {
    const record = this.recorder(clock);
    return {
      next: (value) => record({ kind: 'value', value }),
      control: (kind) => {
        if (this.controls) record({ kind });
      },
      complete: () => {
        this.ended = true;
        record({ kind: 'complete' });
      },
    };
  }

  /** The run that it was part of has failed. */
  failed(clock: Clock, error: unknown): void {
    if (!this.ended) this.recorder(clock)({ kind: 'error', value: error });
  }

  /** Of a plain Observable. */
  observer(clock: Clock): Observer<unknown> {
    const { next, complete } = this.watcher(clock);
    return { next, complete, error: (error) => this.failed(clock, error) };
  }

  private recorder(clock: Clock): (happening: Omit<Happening, 'frame'>) => void {
    return (happening) => void this.received.push({ frame: clock.now(), ...happening });
  }

  /** @throws SLUICE_MARBLES_DIFFER with both timelines, aligned */
  verify(): void {
    const anyError = this.expected.at(-1)?.kind === 'error' && this.received.at(-1)?.kind === 'error';
    const { frame = 0 } = this.received.at(-1) ?? {};
    const received = anyError ? [...this.received.slice(0, -1), { frame, kind: 'error' as const }] : this.received;
    if (sameTimeline(this.expected, received)) return;
    const failure = this.received.find(({ kind }) => kind === 'error')?.value;
    throw new SluiceError({
      code: 'SLUICE_MARBLES_DIFFER',
      component: 'expectStream',
      expected: `'${this.diagram}'`,
      actual: `something else:\n\n${alignTimelines(this.expected, received)}\n\n`,
      remedy: 'compare the columns marked ^',
      ...(failure !== undefined && { cause: failure }),
    });
  }
}
