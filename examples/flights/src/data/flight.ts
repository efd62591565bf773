/** One line of the log: a domestic flight of the first half of 2001. */
export interface Flight {
  /** Row number in the data set. */
  readonly id: number;
  /** The scheduled departure, in epoch ms. The data has local wall-clock times; they are taken as if they were UTC. */
  readonly date: number;
  /** Minutes after the schedule at which it left; negative when it left early. */
  readonly delay: number;
  /** Miles. */
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}
