import type { GenerateRecord } from '@sluice-examples/runner';
import type { Customer, Rate, Trade } from './pipeline.js';

const START = Date.UTC(2026, 0, 31, 8);
export const CURRENCIES = ['usd', 'gbp', 'jpy', 'chf'] as const;
const COUNTRIES = ['de', 'fr', 'it', 'es', 'pl'];

/** Ten trades a second of event time, up to two seconds out of order. */
export const tradeOf: GenerateRecord<Trade> = (index, random) => ({
  id: index,
  customer: Math.floor(random() * 200),
  currency: CURRENCIES[Math.floor(random() * CURRENCIES.length)] as string,
  amount: 1 + Math.floor(random() * 1_000),
  at: START + index * 100 - Math.floor(random() * 1_900),
});

/** A rate of one currency for every ten trades. */
export const rateOf: GenerateRecord<Rate> = (index, random) => ({
  currency: CURRENCIES[index % CURRENCIES.length] as string,
  euros: Math.round((0.5 + random()) * 1_000) / 1_000,
  at: START + index * 1_000,
});

/** Every 20th answer is an error, as of a service that is busy. */
export function customerService(): { lookUp(customer: number): Promise<Customer>; asked: number } {
  const service = {
    asked: 0,
    async lookUp(customer: number): Promise<Customer> {
      if (++service.asked % 20 === 0) throw new Error('busy');
      return { name: `customer ${customer}`, country: COUNTRIES[customer % COUNTRIES.length] as string };
    },
  };
  return service;
}
