/** Rows of the scorecard that need something that is not there, and what. */
export const notYet: ReadonlyMap<number, string> = new Map([
  [7, 'needs the cluster'],
  [26, 'needs a release'],
  [27, 'needs the cluster'],
]);
