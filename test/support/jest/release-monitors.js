/* global afterAll */
const hooks = require('node:perf_hooks');

/**
 * Ends what a test file has left watching the process: `prom-client` stops neither its histogram nor its observer. The files
 * that follow in the same worker would pay for them, and each of them keeps all modules of its file in memory.
 */
const { PerformanceObserver } = hooks;
const observers = [];

hooks.PerformanceObserver = class extends PerformanceObserver {
  constructor(callback) {
    super(callback);
    observers.push(this);
  }
};

// One for all files: even a disabled one stays in memory. Made here, it refers to no test.
const SHARED = Symbol.for('event loop delay');
if (!hooks[SHARED]) {
  const histogram = hooks.monitorEventLoopDelay({ resolution: 10 });
  Object.assign(hooks, { [SHARED]: histogram, monitorEventLoopDelay: () => histogram });
}

afterAll(() => {
  for (const observer of observers) observer.disconnect();
  hooks.PerformanceObserver = PerformanceObserver;
});
