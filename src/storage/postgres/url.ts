import type { DatabaseUrl } from '../../settings/database-url';

/**
 * In the driver, parameters of the URL override what the server sets for its connections: with these, connections for reading
 * could write, statements could run without limit, and a move could not detect a running server.
 */
const RESERVED_PARAMETERS = ['options', 'application_name', 'statement_timeout', 'query_timeout'];

/** One database of a server. */
export const POSTGRES_URL: DatabaseUrl = {
  form: `postgres://USER:PASSWORD@HOST:PORT/DATABASE without the parameters ${RESERVED_PARAMETERS.join(', ')}`,
  allows: (url) => {
    if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) return false;
    const { pathname, searchParams } = new URL(url);
    return pathname.length > 1 && !RESERVED_PARAMETERS.some((name) => searchParams.has(name));
  },
};
