/**
 * q4: what auctions of a category bring. The winning bid of an auction is the greatest price of those bids for it whose `dateTime` is from
 * that of the auction to its `expires`, both included; bids that came before their auction count too, if their time does. When the
 * watermark says that an auction has expired (it is at or past `expires`), and there was a winning bid, there is one result: the average
 * of the winning bids of its category, this one and all before it. Winners come in the order of `expires`; those with the same one in any.
 *
 * At the end of the input all auctions expire. So there are as many results as auctions with a bid in time.
 */
export interface CategoryPrice {
  readonly category: number;
  /** In cents: a quotient of two whole numbers. */
  readonly average: number;
}

/** No auction of the stream is open for longer: the join by time is of bids from 0 to so many milliseconds after their auction. */
export const LONGEST_MS = 100;

/**
 * A checksum adds this up for the last result of each category alone, in 32 bits as well: what comes before it depends on the order of
 * auctions that expire in the same millisecond.
 */
export function hashOfPrice({ category, average }: CategoryPrice): number {
  return (Math.imul(category, 31) + Math.floor(average)) | 0;
}
