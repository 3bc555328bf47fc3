import 'reflect-metadata';
import { loadSettings } from './src/settings/load-settings';
import { createDataSource, databaseOptions } from './src/storage/database.options';

/** The DataSource of the TypeORM command line; the application builds its own. */
export default createDataSource(databaseOptions(loadSettings()));
