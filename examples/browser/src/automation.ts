import { createDetector } from '@sofd/inference';

/** What automation.html puts on `window`, so that check.mjs runs the code of the built page. */
const automation = { createDetector };

declare global {
  interface Window {
    sofd?: typeof automation;
  }
}

window.sofd = automation;
