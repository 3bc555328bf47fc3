import { version } from '../../package.json';

export const APP_NAME = 'Chat System';
export const APP_VERSION: string = version;
