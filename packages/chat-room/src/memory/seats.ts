interface Seated {
  readonly id: string;
  readonly isConnected: boolean;
}

/** The elements of this page that have a seat, by what they are called, in the order in which they came. */
const taken: Record<string, Seated[]> = {};

/**
 * Where an element keeps what is its own and no other's of the same server on the page, a draft for instance: by its id, else by its turn.
 * The same after a reload.
 */
export function seatOf(element: Seated, server: string): string {
  const name = element.id ? `${server} #${element.id}` : server;
  const seats = (taken[name] ??= []);
  const free = seats.findIndex((one) => one === element || !one.isConnected);
  const seat = free < 0 ? seats.length : free;
  seats[seat] = element;
  return seat ? `${name} ${seat}` : name;
}
