interface Seated {
  readonly id: string;
  readonly isConnected: boolean;
}

/** Elements of this page by name, in the order in which they took a seat. */
const taken: Record<string, Seated[]> = {};

/**
 * Storage key of state that belongs to one element, such as a draft: distinguishes elements of the same server on a page by id,
 * otherwise by order. Stable across reloads.
 */
export function seatOf(element: Seated, server: string): string {
  const name = element.id ? `${server} #${element.id}` : server;
  const seats = (taken[name] ??= []);
  const free = seats.findIndex((one) => one === element || !one.isConnected);
  const seat = free < 0 ? seats.length : free;
  seats[seat] = element;
  return seat ? `${name} ${seat}` : name;
}
