import { bubble } from './bubble.css.js';
import { composer } from './composer.css.js';
import { list } from './list.css.js';
import { room } from './room.css.js';

/** Constructed once for all elements of a page; a policy without `unsafe-inline` allows constructed sheets. */
export const SHEETS = [room, list, composer, bubble].map((text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
});
