import type { GenerateRecord } from '@sluice-examples/runner';
import type { Login } from './pipeline.js';

const START = Date.UTC(2026, 0, 31, 8);
/** An attack is so many logins one after the other: wrong passwords, and in the end perhaps the right one. */
const ATTACK = 6;

/** Five logins a second of event time, mostly right; about one block in sixty is an attack on an account that nobody uses. */
export const loginOf: GenerateRecord<Login> = (index, random) => {
  const block = Math.floor(index / ATTACK);
  const at = START + index * 200 + Math.floor(random() * 2_000);
  const attacked = (block * 7_919) % 61 === 0;
  if (attacked)
    return {
      user: `admin ${block % 7}`,
      ok: index % ATTACK === ATTACK - 1 && block % 2 === 0,
      ip: '203.0.113.9',
      at: START + index * 200,
    };
  const user = Math.floor(random() * 40);
  return { user: `user ${user}`, ok: random() < 0.95, ip: `10.0.0.${user}`, at };
};
