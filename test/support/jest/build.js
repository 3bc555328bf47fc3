const { build } = require('../../../scripts/build');

/** Worker thread and server processes run the built code: it is built from the sources under test. */
module.exports = () => {
  build();
};
