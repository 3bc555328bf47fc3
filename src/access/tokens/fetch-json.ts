/** Timeout of an answer, in milliseconds, and its maximum size, in bytes. */
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 256 * 1024;

/**
 * Reads a JSON document of the identity provider. Follows no redirect: an open redirect there could substitute the keys.
 * @param timeoutMs for the whole answer
 * @throws Error with a text for operators
 */
export async function fetchJson(url: string, timeoutMs = TIMEOUT_MS): Promise<unknown> {
  try {
    const response = await fetch(url, {
      redirect: 'error',
      headers: { Accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`it answers with status ${response.status}`);
    }
    return JSON.parse(await boundedText(response)) as unknown;
  } catch (error) {
    throw new Error(`${url}: ${reasonOf(error)}`, { cause: error });
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    // Leaving the loop cancels the body.
    if (bytes > MAX_BYTES) throw new Error(`its answer is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `fetch` hides the cause of a failure in `cause`. A syntax error would quote the document. */
function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'its answer is not JSON';
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return 'it does not answer in time';
  const { code, message: inner } = (cause ?? {}) as { code?: string; message?: string };
  return code ?? inner ?? message;
}
