// Finds and starts a Chromium that is there; downloads none.
import { existsSync } from 'node:fs';

const systemPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const remedy =
  'install one (Debian: apt install chromium), set SOFD_CHROMIUM to the path of one, or run npx playwright install chromium';

/**
 * Starts Chromium without a window.
 *
 * @returns {Promise<{ browser: import('playwright').Browser } | { skipped: string }>} why not, and what to do, where there is none
 */
export async function startChromium() {
  let chromium;
  try {
    ({ chromium } = await import('playwright'));
  } catch {
    return { skipped: 'playwright, which steers the browser, is not installed; run node tools/setup.mjs' };
  }
  const named = process.env.SOFD_CHROMIUM;
  if (named && !existsSync(named)) return { skipped: `SOFD_CHROMIUM names ${named}, which does not exist; ${remedy}` };
  const executablePath = [named, ...systemPaths, chromium.executablePath()].find((path) => path && existsSync(path));
  if (!executablePath) return { skipped: `no Chromium was found; ${remedy}` };
  const args = ['--no-sandbox', '--enable-unsafe-webgpu', '--disable-quic', '--no-first-run'];
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  try {
    return { browser: await chromium.launch({ executablePath, args: [...args, ...quiet] }) };
  } catch (error) {
    return { skipped: `${executablePath} did not start (${String(error.message).split('\n')[0]}); ${remedy}` };
  }
}
