import { join } from 'node:path';

/** The folder of the page at `/`: static files, served unchanged. */
export const PAGE_FOLDER = join(__dirname, 'public');
