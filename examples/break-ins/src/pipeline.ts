import {
  boundedOutOfOrderness,
  createJob,
  detect,
  fileCheckpoints,
  fromSource,
  type Job,
  keyBy,
  type SideOutput,
  type Sink,
  type Source,
  sideOutput,
  type TimedOutMatch,
  to,
  withTimestamps,
} from '@sluice/core';

export interface Login {
  readonly user: string;
  readonly ok: boolean;
  readonly ip: string;
  readonly at: number;
}

export interface BreakIn {
  readonly user: string;
  readonly tries: number;
  readonly ip: string;
  readonly at: number;
}

export type GivenUp = TimedOutMatch<string, 'failed' | 'entered', Login>;

/** Three wrong passwords or more, and then the right one, within a minute; `givenUp` has those who never found it. */
export function breakInsOf(logins: Source<Login>, givenUp: SideOutput<GivenUp>) {
  return fromSource(logins).pipe(
    withTimestamps((login) => login.at, boundedOutOfOrderness('5s')),
    keyBy((login) => login.user),
    detect(
      (p) =>
        p
          .begin('failed', (login: Login) => !login.ok)
          .times(3, Number.POSITIVE_INFINITY)
          .consecutive()
          .next('entered', (login) => login.ok)
          .within('1m'),
      ({ failed, entered }, user): BreakIn => ({
        user,
        tries: failed.length,
        ip: entered[0]?.ip ?? '',
        at: entered[0]?.at ?? 0,
      }),
      { afterMatch: 'skipPastLast', timedOut: givenUp },
    ),
  );
}

export interface BreakInsOptions {
  readonly name: string;
  readonly source: Source<Login>;
  readonly breakIns: Sink<BreakIn>;
  readonly givenUp: Sink<GivenUp>;
  readonly checkpoints: string;
}

export function breakInsJob({ name, source, breakIns, givenUp, checkpoints }: BreakInsOptions): Job {
  const givenUp$ = sideOutput<GivenUp>('given-up');
  return createJob(name, [breakInsOf(source, givenUp$).pipe(to(breakIns)), givenUp$.pipe(to(givenUp))], {
    checkpoints: { interval: '1s', storage: fileCheckpoints(checkpoints) },
  });
}
