import 'reflect-metadata';
import { loadSettings } from './src/settings/load-settings';
import { createStorage } from './src/storage/create-storage';

/** The DataSource of the TypeORM command line; the application opens its own. */
export default createStorage(loadSettings()).createDataSource();
