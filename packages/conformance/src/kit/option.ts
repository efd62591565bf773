import { type OptionChecks, optionChecks } from '@sluice/connector-sdk';

/** Of what the author tells the kit, in the call or by environment variables. */
export const option: OptionChecks = optionChecks('SLUICE_CONFORMANCE_OPTIONS');
