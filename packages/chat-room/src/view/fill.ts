/** What was typed is in the draft already: this puts another text there, and makes the box as high as it where CSS cannot. */
export function fill(box: HTMLTextAreaElement, text: string): void {
  if (box.value !== text) box.value = text;
  if (CSS.supports('field-sizing', 'content')) return;
  box.style.blockSize = 'auto';
  box.style.blockSize = `${box.scrollHeight}px`;
}
