/**
 * Characters that could move the cursor, change colours, set titles or change the text direction: C0 and C1 controls, and
 * Unicode's directional and line controls. Joiners stay, as emoji and several scripts need them.
 */
const CONTROLS =
  // eslint-disable-next-line no-control-regex -- matching controls is the purpose
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Makes untrusted text safe for a terminal: controls become visible and inert. Line breaks and tabs stay. */
export function neutral(text: string): string {
  return text.replace(CONTROLS, (control) => {
    const code = control.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/** The same on one line. */
export function neutralLine(text: string): string {
  return neutral(text).replace(/[\n\t]+/g, ' ');
}

/** A line of JSON with controls escaped: the same value, safe to print on a terminal. */
export function jsonLine(value: object): string {
  const escaped = (control: string) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(value).replace(CONTROLS, escaped)}\n`;
}
