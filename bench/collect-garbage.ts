import { COLLECT_SIGNAL } from './process-figures';

/** Preloaded into servers whose memory is measured: collects garbage on a signal, as uncollected garbage is noise. */
process.on(COLLECT_SIGNAL, () => globalThis.gc!());
