import { contactStyle } from './contact-style.js';
import { pageStyle } from './page-style.js';
import { sectionStyle } from './section-style.js';
import { themeStyle } from './theme.js';
import { trainingStyle } from './training-style.js';

/** The whole style of reports and contact sheets. */
export const styleSheet = `${themeStyle}${pageStyle}${sectionStyle}${contactStyle}${trainingStyle}`;
