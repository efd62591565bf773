/** The part of a lockfile's entry that is compared. */
interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly peer?: boolean;
}
type LockedPackages = Readonly<Record<string, LockedPackage>>;

export function install(): void;
export function matchesLockfile(locked: LockedPackages, installed: LockedPackages): boolean;
