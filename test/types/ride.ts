export interface Ride {
  readonly bike: number;
  readonly station: string;
  readonly endedAt: number;
  readonly metres: number;
  readonly rider?: string;
}
