/** Picks the port of the next connection: the only server's or one replica's. */
export type Where = () => number;
