import { NAME_COLOURS, nameColour } from '../messages/name-colour.js';
import { ON_DARK, ON_LIGHT } from './name-colours.js';

/** Backgrounds of names, those of the room and of own messages; as in room.css.ts. */
const LIGHT = ['#ffffff', '#f0f7f5'];
const DARK = ['#15191d', '#182725'];

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

describe('colours of names', () => {
  it('can be read on every ground', () => {
    const pairs = [
      ...LIGHT.flatMap((ground) => ON_LIGHT.map((colour) => [colour, ground] as const)),
      ...DARK.flatMap((ground) => ON_DARK.map((colour) => [colour, ground] as const)),
    ];
    expect(pairs.filter(([colour, ground]) => contrast(colour, ground) < 4.5)).toEqual([]);
    expect([ON_LIGHT.length, ON_DARK.length]).toEqual([NAME_COLOURS, NAME_COLOURS]);
  });

  it('are the same for a name always, and many', () => {
    expect(nameColour('Öykü')).toBe(nameColour('Öykü'));
    const used = new Set(Array.from({ length: 200 }, (_, i) => nameColour(`name ${i}`)));
    expect(used.size).toBe(NAME_COLOURS);
  });
});
