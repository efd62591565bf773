/** A test that the page names. */
export interface Reference {
  readonly file: string;
  readonly title: string;
}

/** A cell of the table of pairs. */
export interface PairLevel {
  readonly from: string;
  readonly into: string;
  readonly level: string;
}

/** `[label](../file) “title”`, and further titles behind a semicolon with their own link. */
export function references(page: string): Reference[] {
  return [...page.matchAll(/\]\(\.\.\/([^)]+)\) “([^”]+)”/g)].map(([, file = '', title = '']) => ({ file, title }));
}

/** Lines of tables whose last column is for tests, and that name none. */
export function rowsWithoutReference(page: string): string[] {
  return tablesOf(page)
    .filter(([header = '']) => header.includes('shown by'))
    .flatMap(([, , ...rows]) => rows.filter((row) => references(row).length === 0));
}

export function pairLevels(page: string): PairLevel[] {
  const table = tablesOf(page).find(([header = '']) => header.startsWith('| from'));
  const [header = '', , ...rows] = table ?? [];
  const [, ...sinks] = cellsOf(header);
  return rows.flatMap((row) => {
    const [from = '', ...levels] = cellsOf(row);
    return sinks.map((into, index) => ({ from, into, level: levels[index] ?? '' }));
  });
}

/** Lines `from → into | level | tests`. */
export function killedPairs(page: string): PairLevel[] {
  return tablesOf(page)
    .flat()
    .map(cellsOf)
    .filter(([pair = '']) => pair.includes(' → '))
    .map(([pair = '', level = '']) => {
      const [from = '', into = ''] = pair.split(' → ');
      return { from, into, level };
    });
}

/** Runs of lines that begin with a bar. */
function tablesOf(page: string): string[][] {
  return page
    .split(/\n(?!\|)/)
    .map((part) => part.split('\n').filter((line) => line.startsWith('|')))
    .filter((lines) => lines.length > 2);
}

function cellsOf(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
