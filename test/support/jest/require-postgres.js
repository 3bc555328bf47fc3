const { connect } = require('node:net');
const { once } = require('node:events');
const build = require('./build');

/** Ends a run of PostgreSQL suites at once when no server answers. */
module.exports = async (_, { globals }) => {
  await build();
  const { hostname, port } = new URL(globals.POSTGRES_URL);
  const socket = connect(Number(port || 5432), hostname);
  await once(socket, 'connect').catch(() => {
    throw new Error(
      `no PostgreSQL at ${hostname}:${port || 5432}: start one or set TEST_POSTGRES_URL; \`npm test\` needs none`,
    );
  });
  socket.destroy();
};
