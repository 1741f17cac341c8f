import { pageStyle } from './page-style.js';
import { sectionStyle } from './section-style.js';
import { themeStyle } from './theme.js';

/** The whole style of a report. */
export const styleSheet = `${themeStyle}${pageStyle}${sectionStyle}`;
