/* global afterAll */
const hooks = require('node:perf_hooks');

/**
 * Stops the performance monitors that a test file leaves behind: `prom-client` stops neither its histogram nor its observer.
 * Later files in the same worker would pay for them, and each monitor keeps all modules of its file in memory.
 */
const { PerformanceObserver } = hooks;
const observers = [];

hooks.PerformanceObserver = class extends PerformanceObserver {
  constructor(callback) {
    super(callback);
    observers.push(this);
  }
};

// One histogram for all files: even a disabled one stays in memory. Created here, it references no test.
const SHARED = Symbol.for('event loop delay');
if (!hooks[SHARED]) {
  const histogram = hooks.monitorEventLoopDelay({ resolution: 10 });
  Object.assign(hooks, { [SHARED]: histogram, monitorEventLoopDelay: () => histogram });
}

afterAll(() => {
  for (const observer of observers) observer.disconnect();
  hooks.PerformanceObserver = PerformanceObserver;
});
