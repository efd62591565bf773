/** The job's rules once more, as plain numbers: the verification shares no code with the job. */
export const hour = 3_600_000;
/** Allowed lateness (4 h) plus the bound on out-of-orderness (2 h): after the window's end by this much, it is gone. */
export const graceAfterWindow = 6 * hour;
/** Minutes after the schedule from which a departure counts as delayed. */
export const delayedFrom = 15;
/** Minutes of delay above which there is an alert. */
export const alertAbove = 180;
