import type { Letter } from './dead-letters.js';
import type { Line } from './revisions.js';
import type { Stored } from './targets.js';

/** Everything that is wrong with the documents after the whole input: each is what its newest revision says that can be delivered. */
export function compareDocuments(lines: readonly Line[], stored: readonly Stored[]): string[] {
  const wrong: string[] = [];
  const latest = new Map<string, Stored>();
  // A document's lines come in the order of its revisions.
  for (const { revision, flaw } of lines) if (flaw === undefined) latest.set(revision.document, revision);
  const found = new Map<string, Stored>();
  for (const each of stored) {
    if (found.has(each.document)) wrong.push(`${each.document} is there twice`);
    found.set(each.document, each);
    if (!latest.has(each.document)) wrong.push(`${each.document} was never in the input`);
  }
  for (const [document, { id, n }] of latest) {
    const there = found.get(document);
    if (there === undefined) wrong.push(`${document} is lost`);
    else if (there.n !== n || there.id !== id) wrong.push(`${document} has revision ${there.n} instead of ${n}`);
  }
  return wrong;
}

/** Everything that is wrong with the dead letters: each flawed element is among them once, and no other. */
export function compareLetters(lines: readonly Line[], letters: readonly Letter[]): string[] {
  const wrong: string[] = [];
  const expected = new Map(lines.flatMap(({ revision, flaw }) => (flaw === undefined ? [] : [[revision.id, flaw]])));
  const seen = new Set<number>();
  for (const { id, flaw } of letters) {
    if (seen.has(id)) wrong.push(`element ${id} is among the dead letters twice`);
    else if (expected.get(id) !== flaw) wrong.push(`element ${id} is among the dead letters as one that ${flaw}`);
    seen.add(id);
  }
  for (const [id, flaw] of expected) {
    if (!seen.has(id)) wrong.push(`element ${id}, which ${flaw}, is not among the dead letters: it is lost`);
  }
  return wrong;
}

/** In the middle of it: what is there was in the input, and nothing has gone back to what it was or away. */
export function comparePast(lines: readonly Line[], before: readonly Stored[], now: readonly Stored[]): string[] {
  const wrong: string[] = [];
  const input = new Set(lines.map(({ revision: { id, document, n } }) => `${id} ${document} ${n}`));
  const found = new Map(now.map((each) => [each.document, each]));
  for (const { id, document, n } of now) {
    if (!input.has(`${id} ${document} ${n}`)) wrong.push(`${document} never had revision ${n} by element ${id}`);
  }
  for (const { document, n } of before) {
    const there = found.get(document);
    if (there === undefined) wrong.push(`${document} is gone`);
    else if (there.n < n) wrong.push(`${document} went back from revision ${n} to ${there.n}`);
  }
  return wrong;
}
