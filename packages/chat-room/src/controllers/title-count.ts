/** Unread counts by element; their sum precedes the page's title. */
const counts = new Map<object, number>();

/** @param count unread messages of the owner; 0 also for a removed one */
export function showInTitle(owner: object, count: number): void {
  if (count === 0) counts.delete(owner);
  else counts.set(owner, count);
  const sum = [...counts.values()].reduce((total, part) => total + part, 0);
  const plain = document.title.replace(/^\(\d+\) /, '');
  const title = sum === 0 ? plain : `(${sum}) ${plain}`;
  if (title !== document.title) document.title = title;
}
