/** The promise's result, or a rejection when it takes longer: what is at the other end may be frozen. */
export function withDeadline<Result>(promise: Promise<Result>, milliseconds: number, what: string): Promise<Result> {
  return new Promise((resolve, reject) => {
    // A plain timer: to abort one of `timers/promises` makes an error with a stack each time, and the bus sends each batch so.
    const late = setTimeout(() => {
      reject(new Error(`${what} took longer than ${milliseconds} ms`));
    }, milliseconds).unref();
    // Whichever of the two comes second, nobody waits for it any more.
    promise.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
