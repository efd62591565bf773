/** The bucket that is there from the start. */
export const BUCKET = 'sluice';
