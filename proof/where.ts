/** The port to connect to next: of the only server, or of one of several. */
export type Where = () => number;
