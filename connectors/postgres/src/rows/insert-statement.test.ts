import { describe, expect, it } from 'vitest';
import type { RowTarget } from '../committable.js';
import { insertStatement } from './insert-statement.js';

const target: RowTarget = {
  table: ['My "schema"', 't'],
  columns: [
    { name: 'id', type: ['pg_catalog', 'int4'] },
    { name: 'mood', type: ['app', 'mood'] },
  ],
  upsertOn: [],
};

describe('insertStatement', () => {
  it('unnests one array for each column, and casts what goes as text', () => {
    expect(insertStatement(target, ['int4', 'text'])).toBe(
      'INSERT INTO "My ""schema"""."t" ("id", "mood") SELECT c0, c1::"app"."mood" FROM unnest($1::int4[], $2::text[]) AS r(c0, c1)',
    );
    expect(insertStatement(target, ['text', 'text'])).toContain('SELECT c0::"pg_catalog"."int4", c1::"app"."mood"');
  });

  it('upserts the last row of each key', () => {
    expect(insertStatement({ ...target, upsertOn: ['mood'] }, ['int4', 'text'])).toBe(
      'INSERT INTO "My ""schema"""."t" ("id", "mood") SELECT DISTINCT ON (2) c0, c1::"app"."mood"' +
        ' FROM unnest($1::int4[], $2::text[]) WITH ORDINALITY AS r(c0, c1, place) ORDER BY 2, place DESC' +
        ' ON CONFLICT ("mood") DO UPDATE SET "id" = EXCLUDED."id"',
    );
    expect(insertStatement({ ...target, upsertOn: ['mood', 'id'] }, ['int4', 'text'])).toMatch(/DO NOTHING$/);
  });
});
