import { type OptionChecks, optionChecks } from '@sluice/connector-sdk';

export const option: OptionChecks = optionChecks('SLUICE_POSTGRES_OPTIONS');
