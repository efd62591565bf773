import { SluiceError } from '@sluice/connector-sdk';
import type { TableColumn } from '../server/column-type.js';

/** A value that its column cannot hold. It names the kind of the value, never the value. */
export function valueRefused(
  component: string,
  { name, type }: Pick<TableColumn, 'name' | 'type'>,
  actual: string,
  cause?: Error,
): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_VALUE',
    component,
    expected: `a value for column ${JSON.stringify(name)} of type ${type[1]}`,
    actual,
    remedy: 'correct the function of this column, or give `to(...)` a `rejected` output',
    ...(cause ? { cause } : {}),
  });
}
