/** Settles as the promise does, or rejects after the timeout: a frozen peer may never answer. `what` starts the error's text. */
export function withDeadline<Result>(promise: Promise<Result>, milliseconds: number, what: string): Promise<Result> {
  return new Promise((resolve, reject) => {
    // Not `timers/promises`: aborting it creates an error with a stack, here for each batch that the bus sends.
    const late = setTimeout(() => {
      reject(new Error(`${what} took longer than ${milliseconds} ms`));
    }, milliseconds).unref();
    // After the timeout, a late result or rejection has no effect.
    promise.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
