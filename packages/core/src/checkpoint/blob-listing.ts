/** Optional power of a lease: it can tell which blobs are there, so that what dead runs left behind is found. */
export interface BlobListing {
  blobs(): Promise<readonly string[]>;
}

export function listsBlobs<L extends object>(lease: L): lease is L & BlobListing {
  return 'blobs' in lease && typeof lease.blobs === 'function';
}
