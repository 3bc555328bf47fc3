const { build } = require('../../../scripts/build');
const { bundlePackages } = require('./packages');

/** Worker thread and server processes run the built code: it is built from the sources under test. */
module.exports = async () => {
  build();
  await bundlePackages();
};
