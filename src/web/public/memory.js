/** State that survives a reload: in `localStorage` for all pages, in `sessionStorage` for this tab. */

export function recall(key, area = 'localStorage') {
  try {
    return window[area].getItem(`chat.${key}`) ?? '';
  } catch {
    return '';
  }
}

export function remember(key, value, area = 'localStorage') {
  try {
    window[area].setItem(`chat.${key}`, value);
  } catch {
    // Storage is disabled: the page works without it.
  }
}
