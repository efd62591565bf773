/** This process is one of the crash matrix: the file that is its program makes the call of the kit by itself. */
export function isProofChild(): boolean {
  return process.env.SLUICE_CONFORMANCE_CHILD !== undefined;
}
