/**
 * q3: who sells in some states. For each auction of `CATEGORY` whose seller is a person of one of `STATES` there is one result. It comes
 * when the later of the two has come, whatever their times are: an auction may come before its seller. So everybody and every auction
 * that may still find a partner is kept for ever; a person comes once, an auction too.
 */
export interface LocalSeller {
  readonly name: string;
  readonly city: string;
  readonly state: string;
  readonly auction: number;
}

export const CATEGORY = 10;
export const STATES: readonly string[] = ['OR', 'ID', 'CA'];

/** A checksum adds this up for all results, in 32 bits as well; lengths and codes are those of UTF-16. */
export function hashOfSeller({ name, city, state, auction }: LocalSeller): number {
  const named = Math.imul(Math.imul(auction, 31) + name.length, 31) + city.length;
  return (Math.imul(named, 31) + state.charCodeAt(0)) | 0;
}
