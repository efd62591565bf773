/** What one arm of a bar says about one run of it. */
export interface ArmResult {
  /** What is compared: milliseconds, or elements per millisecond when `elements` is given. */
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly elements?: number;
  readonly completionMs?: number;
  /** What is compared where the bar's unit is bytes. */
  readonly bytes?: number;
  /** Equal for all arms of a bar, or the bar means nothing. */
  readonly outputs: number;
  readonly checksum: number;
  readonly keys?: number;
  /** Figures beside: printed, never compared. */
  readonly notes?: Readonly<Record<string, number | string>>;
}

export type Arm = () => Promise<ArmResult>;
