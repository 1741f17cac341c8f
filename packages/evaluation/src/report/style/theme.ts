/**
 * Colours as custom properties. Text reaches WCAG AA (4.5:1) on page and card in both themes, lines of charts and bars 3:1;
 * `theme.test.ts` computes it.
 */
export const lightTheme = {
  page: '#fcfcfb',
  card: '#f4f4f1',
  ink: '#1d1f22',
  muted: '#5a5e65',
  line: '#e2e2dd',
  'line-strong': '#b5b6b2',
  accent: '#1f56a8',
  notice: '#fdf4dc',
  'notice-line': '#a56a00',
  real: '#176339',
  'real-soft': '#dff1e5',
  fake: '#a82219',
  'fake-soft': '#fbe4e1',
  uncertain: '#7a4f00',
  'uncertain-soft': '#faecc9',
  'series-1': '#1f56a8',
  'series-2': '#b4530a',
  'series-3': '#0f766e',
  'series-4': '#7b3fa0',
  'series-5': '#a3195b',
  'series-6': '#5b6470',
} as const;

/** The names of the theme's colours. */
export type ThemeColor = keyof typeof lightTheme;

/** The same names for dark rooms. */
export const darkTheme: Readonly<Record<ThemeColor, string>> = {
  page: '#131417',
  card: '#1d1f23',
  ink: '#e9e9e6',
  muted: '#a6aab1',
  line: '#2d3036',
  'line-strong': '#575b63',
  accent: '#8db8f7',
  notice: '#2b2517',
  'notice-line': '#d8a23a',
  real: '#7fd6a0',
  'real-soft': '#163423',
  fake: '#ff978c',
  'fake-soft': '#43201d',
  uncertain: '#efc466',
  'uncertain-soft': '#3a2e12',
  'series-1': '#8db8f7',
  'series-2': '#f2a262',
  'series-3': '#5ecdbf',
  'series-4': '#cfa3ef',
  'series-5': '#f39ac1',
  'series-6': '#b3bac4',
};

/** Both themes as CSS; paper is always light. */
export const themeStyle = `:root{color-scheme:light dark;${declare(lightTheme)}}
@media screen and (prefers-color-scheme:dark){:root{${declare(darkTheme)}}}`;

function declare(theme: Readonly<Record<ThemeColor, string>>): string {
  return Object.entries(theme)
    .map(([name, color]) => `--${name}:${color}`)
    .join(';');
}
