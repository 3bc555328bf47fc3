/** Characters that take two columns, as far as tests write them. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\u{1f300}-\u{1f64f}]/u;
// eslint-disable-next-line no-control-regex -- terminal control sequences
const TOKENS = /\u001b\[(?<count>\d*)(?:;\d+)*(?<command>[A-Za-z])|(?<text>[^\u0000-\u001f\u007f-\u009f])|[^]/gu;

/**
 * The screen of a terminal after this output, as rows without trailing spaces; as tall as needed. Throws on control sequences
 * that a line editor does not need, so that none goes unnoticed.
 */
export function screenOf(printed: string, columns: number): string[] {
  const rows: string[][] = [[]];
  let [row, column] = [0, 0];
  const put = (text: string) => {
    const width = WIDE.test(text) ? 2 : 1;
    // The cursor leaves a full row only with the next character.
    if (column + width > columns) [row, column] = [row + 1, 0];
    const cells = (rows[row] ??= []);
    while (cells.length < column) cells.push(' ');
    cells.splice(column, width, text, ...(width === 2 ? [''] : []));
    column += width;
  };
  const obey = (command: string, count: number) => {
    if (command === 'A') row = Math.max(0, row - count);
    else if (command === 'B') row += count;
    else if (command === 'C') column = Math.min(columns - 1, column + count);
    else if (command === 'D') column = Math.max(0, Math.min(columns - 1, column) - count);
    else if (command === 'G') column = count - 1;
    else if (command === 'K') rows[row]?.splice(column);
    else if (command === 'J') [rows[row]!.length, rows.length] = [Math.min(rows[row]!.length, column), row + 1];
    else if (command !== 'm') throw new Error(`nothing for a line editor: CSI ${count} ${command}`);
    while (rows.length <= row) rows.push([]);
  };
  for (const [token, count, command, text] of printed.matchAll(TOKENS)) {
    if (text !== undefined) put(text);
    else if (command !== undefined) obey(command, count === '' ? 1 : Number(count));
    else if (token === '\r') column = 0;
    else if (token === '\n') obey('B', 1);
    else throw new Error(`nothing for a line editor: ${JSON.stringify(token)}`);
  }
  const lines = rows.map((cells) => cells.join('').trimEnd());
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
}
