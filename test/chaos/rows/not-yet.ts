/** Rows of the scorecard that need something that is not there, and what. */
export const notYet: ReadonlyMap<number, string> = new Map([
  [7, 'needs the cluster'],
  ...[11, 12, 13, 14, 15, 21, 22].map((row) => [row, 'needs the command of the simulation'] as const),
  [26, 'needs a release'],
  [27, 'needs the cluster'],
]);
