import { channel } from 'node:diagnostics_channel';

/** The timed part begins; its last element has come out, all state still there; the stream has completed. */
export type Moment = 'begin' | 'last' | 'end';

const moments = channel('sluice:bench');

/** Told by what takes the time, so that a profile has nothing else in it. */
export function tell(moment: Moment): void {
  if (moments.hasSubscribers) moments.publish(moment);
}

export function onMoment(listener: (moment: Moment) => void): void {
  moments.subscribe((moment) => listener(moment as Moment));
}
