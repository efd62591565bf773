/** Thrown by an arm that this machine cannot run: the bar is reported as not available, with the reason, and the others go on. */
export class Unavailable extends Error {
  /** @param why what is missing, and what would help */
  constructor(why: string) {
    super(why);
    this.name = 'Unavailable';
  }
}
