interface Removable {
  remove(): Promise<void>;
}

const open = new Set<Removable>();
let isOver = false;

/** Resolves never once all is over: nobody is told, so whoever would ask for the next site goes on no more. */
export async function siteOpened(site: Removable): Promise<void> {
  if (isOver) await new Promise(() => {});
  open.add(site);
}

export function siteClosed(site: Removable): void {
  open.delete(site);
}

/** For a program that is interrupted: what is prepared would keep its slots and locks for ever. */
export async function removeAllSites(): Promise<void> {
  isOver = true;
  await Promise.allSettled([...open].map((site) => site.remove()));
}
