/** Sets a text that differs from the one typed, and fits the height of the box in browsers whose CSS cannot. */
export function fill(box: HTMLTextAreaElement, text: string): void {
  if (box.value !== text) box.value = text;
  if (CSS.supports('field-sizing', 'content')) return;
  box.style.blockSize = 'auto';
  box.style.blockSize = `${box.scrollHeight}px`;
}
