import { join } from 'node:path';

/** The folder of the page at `/`: plain files, served as they are. */
export const PAGE_FOLDER = join(__dirname, 'public');
