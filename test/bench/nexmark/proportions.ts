/** Of each 50 events the first is a person, the next three are auctions, the rest are bids. */
export const EVENTS_IN_EPOCH = 50;
const PERSONS_IN_EPOCH = 1;
const AUCTIONS_IN_EPOCH = 3;

export type EventKind = 'person' | 'auction' | 'bid';

export function kindOf(event: number): EventKind {
  const place = event % EVENTS_IN_EPOCH;
  if (place < PERSONS_IN_EPOCH) return 'person';
  return place < PERSONS_IN_EPOCH + AUCTIONS_IN_EPOCH ? 'auction' : 'bid';
}

/** The number, from 0, of the newest person at an event. */
export function newestPerson(event: number): number {
  return Math.floor(event / EVENTS_IN_EPOCH);
}

/** The number, from 0, of the newest auction at an event; −1 before the first. */
export function newestAuction(event: number): number {
  const epoch = Math.floor(event / EVENTS_IN_EPOCH);
  const place = (event % EVENTS_IN_EPOCH) - PERSONS_IN_EPOCH;
  return epoch * AUCTIONS_IN_EPOCH + Math.min(place, AUCTIONS_IN_EPOCH - 1);
}

/** How many events pass while this many auctions begin. */
export function eventsForAuctions(auctions: number): number {
  return Math.floor((auctions * EVENTS_IN_EPOCH) / AUCTIONS_IN_EPOCH);
}
