import type { Message } from '../api.js';
import { copyOf } from '../messages/plain-text.js';
import type { Times } from '../messages/times.js';

/** Ids of the messages that the selection touches. */
function selectedIds(root: ShadowRoot): number[] {
  const range = rangeIn(root);
  if (!range) return [];
  const rows = [...root.querySelectorAll<HTMLElement>('[data-id]')].filter((row) => range.intersectsNode(row));
  return rows.map((row) => Number(row.dataset.id));
}

/** Adds names and times to a copy of several messages; a single one is copied as the browser does it. */
export function copySelected(
  event: ClipboardEvent,
  root: ShadowRoot,
  find: (id: number) => Message | undefined,
  times: Times,
): void {
  const messages = selectedIds(root).flatMap((id) => find(id) ?? []);
  if (messages.length < 2 || !event.clipboardData) return;
  event.clipboardData.setData('text/plain', copyOf(messages, times));
  event.preventDefault();
}

/** Browsers expose a selection inside a shadow tree in different ways. */
function rangeIn(root: ShadowRoot): Range | undefined {
  const own = (root as { getSelection?: () => Selection | null }).getSelection?.();
  if (own && own.rangeCount > 0 && !own.isCollapsed) return own.getRangeAt(0);
  const selection = document.getSelection() as { getComposedRanges?: Selection['getComposedRanges'] } | null;
  const [part] = selection?.getComposedRanges?.({ shadowRoots: [root] }) ?? [];
  if (!part || part.collapsed) return undefined;
  const range = document.createRange();
  range.setStart(part.startContainer, part.startOffset);
  range.setEnd(part.endContainer, part.endOffset);
  return range;
}
