import { SluiceError, shownOption } from '@sluice/connector-sdk';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { giveSettings, type OperatorOptions, settingsOf } from '../graph/node.js';
import { option } from '../options/option.js';
import { isDataStream, nodeOf } from './data-stream.js';

/**
 * Settings of the operator before it, stock RxJS operators included: its uid, its name, its chaining.
 *
 * @throws SLUICE_OPTION when it stands behind something that is no operator of a stream
 *
 * @example
 * clicks$.pipe(keyBy((c) => c.user), windowBy(tumbling('1m')), aggregate(countOf()), configure({ uid: 'per-minute' }));
 */
export function configure<T>(options: OperatorOptions): MonoTypeOperatorFunction<T> {
  option.object('configure', 'options', options);
  for (const name of ['uid', 'name', 'slotSharingGroup'] as const) {
    const value = options[name];
    const valid = value === undefined || (typeof value === 'string' && value !== '');
    option.require('configure', valid, name, 'a name', shownOption(value));
  }
  return (source) => {
    if (!isDataStream(source)) {
      throw new SluiceError({
        code: 'SLUICE_OPTION',
        component: 'configure',
        expected: 'an operator of this package, or a stock operator behind one, before it',
        actual: 'a plain Observable',
        remedy:
          'begin the stream with fromSource or fromObservable, or put configure behind keyBy, withTimestamps, ...',
      });
    }
    giveSettings(nodeOf(source), settingsOf(options));
    return source;
  };
}
