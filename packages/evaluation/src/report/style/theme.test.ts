import { describe, expect, it } from 'vitest';
import { darkTheme, lightTheme, type ThemeColor } from './theme.js';

/** WCAG 2.2 relative luminance of #rrggbb. */
function luminanceOf(color: string): number {
  const [r, g, b] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrastOf(a: string, b: string): number {
  const [dark, light] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const text: readonly (readonly [ThemeColor, ThemeColor])[] = [
  ['ink', 'page'],
  ['ink', 'card'],
  ['ink', 'notice'],
  ['muted', 'page'],
  ['muted', 'card'],
  ['accent', 'page'],
  ['real', 'real-soft'],
  ['fake', 'fake-soft'],
  ['uncertain', 'uncertain-soft'],
];
const graphics: readonly (readonly [ThemeColor, ThemeColor])[] = [
  ...([1, 2, 3, 4, 5, 6] as const).map((series) => [`series-${series}`, 'page'] as const),
  ['series-6', 'line'],
  ['fake', 'line'],
  ['ink', 'line'],
  ['series-1', 'card'],
  ['notice-line', 'page'],
];

describe.each([
  ['light', lightTheme],
  ['dark', darkTheme],
])('the %s theme', (_, theme) => {
  it.each(text)('has AA contrast of text: %s on %s', (front, back) => {
    expect(contrastOf(theme[front], theme[back])).toBeGreaterThanOrEqual(4.5);
  });

  it.each(graphics)('has AA contrast of graphics: %s on %s', (front, back) => {
    expect(contrastOf(theme[front], theme[back])).toBeGreaterThanOrEqual(3);
  });
});
