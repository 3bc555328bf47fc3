import { atEnd, newer, older, STEP, WINDOW_SIZE } from './window.js';

describe('the window', () => {
  it('has a bounded size wherever it is moved', () => {
    let range = atEnd(1_000);
    expect(range).toEqual({ from: 1_001 - WINDOW_SIZE, to: 1_000 });
    for (let i = 0; i < 40; i++) {
      range = older(range, 1);
      expect(range.to - range.from + 1).toBeLessThanOrEqual(WINDOW_SIZE);
    }
    expect(range).toEqual({ from: 1, to: WINDOW_SIZE });
    range = newer(range, 1_000);
    expect(range).toEqual({ from: 1 + STEP, to: WINDOW_SIZE + STEP });
  });

  it('is shorter in a short chat', () => {
    expect(atEnd(3)).toEqual({ from: 1, to: 3 });
    expect(older({ from: 1, to: 3 }, 1)).toEqual({ from: 1, to: 3 });
  });
});
