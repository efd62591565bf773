import type { Player } from './pipeline.js';

export const PLAYERS = 50;

const FIRST = ['Ada', 'Bea', 'Cleo', 'Dora', 'Edda', 'Fay', 'Gwen', 'Hedy', 'Ines', 'Juno'];
const LAST = ['the Swift', 'the Bold', 'of the Hill', 'the Quiet', 'of the Lake'];

export function playerOf(id: number): Player {
  return {
    name: `${FIRST[id % FIRST.length]} ${LAST[Math.floor(id / FIRST.length) % LAST.length]}`,
    factor: 1 + (id % 3),
  };
}
