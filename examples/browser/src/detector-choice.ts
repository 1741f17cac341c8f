import { createDetector, type Detector, type DetectorInfo, type EngineName, type ProgressEvent } from '@sofd/inference';
import { element } from './dom.js';

/** The folder that holds `manifest.json` and `model.safetensors`, at the page's own origin. */
const checkpoint = new URL('checkpoint/', document.baseURI);

let current: { readonly engine: EngineName; readonly detector: Promise<Detector> } | null = null;

/** A stage of loading as text, in steps of ten percent so that a screen reader is not told of every packet. */
function describeProgress({ stage, done, total }: ProgressEvent): string {
  const share = stage === 'model' ? ` ${Math.floor((10 * done) / total) * 10} %` : '';
  return `Loading: ${stage.replaceAll('-', ' ')}${share}…`;
}

/** The detector on the engine asked for; made once, and anew when the choice changes. */
export async function chooseDetector(engine: EngineName, onNote: (note: string) => void): Promise<Detector> {
  if (current?.engine === engine) return current.detector;
  const before = current?.detector;
  let last = '';
  const detector = createDetector({
    model: checkpoint,
    engine,
    cache: 'opfs',
    onProgress: (event) => {
      const note = describeProgress(event);
      if (event.done < event.total && note !== last) onNote(note);
      last = note;
    },
  });
  current = { engine, detector };
  try {
    return await detector;
  } catch (error) {
    if (current?.detector === detector) current = null;
    throw error;
  } finally {
    await before?.then((old) => old.dispose()).catch(() => undefined);
  }
}

const describeCache = (cache: DetectorInfo['cache']): string =>
  cache?.status === 'hit' ? 'from the cache of this browser' : `fetched (${cache?.reason ?? 'and cached'})`;

/** Engine, reasons of a fallback, and model as rows of a definition list. */
export function describeDetector(info: DetectorInfo): HTMLElement[] {
  const threads = info.threads > 1 ? `, ${info.threads} threads` : '';
  const facts: [string, string][] = [
    ['Engine', `${info.engine} (${info.device}${threads})`],
    ...info.rejected.map(({ name, reason }): [string, string] => [`Not ${name}`, reason]),
    ['Weights', describeCache(info.cache)],
    ['Model', `${info.model.name}, sha256 ${info.model.sha256.slice(0, 12)}…`],
    ['Licence', `${info.model.licence.weights}; data: ${info.model.licence.data}`],
    ['Face crop', info.model.crop],
  ];
  return facts.flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, value)]);
}
