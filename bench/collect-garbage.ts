import { COLLECT_SIGNAL } from './process-figures';

/** Loaded before a server whose memory is measured: what is garbage at that moment is chance, and not counted. */
process.on(COLLECT_SIGNAL, () => globalThis.gc!());
