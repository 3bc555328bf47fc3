import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { loadSettings } from './src/config/load-settings';
import { databaseOptions } from './src/database/database.options';

/** The DataSource of the TypeORM command line; the application builds its own from the same options. */
export default new DataSource(databaseOptions(loadSettings()));
