import { join } from 'node:path';

/** Folder of the page at `/`: static files, served unchanged. */
export const PAGE_FOLDER = join(__dirname, 'public');
