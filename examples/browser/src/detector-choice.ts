import { createDetector, type Detector, type DetectorInfo, type EngineName } from '@sofd/inference';
import { element } from './dom.js';

/** The folder that holds `manifest.json` and `model.safetensors`, at the page's own origin. */
const checkpoint = new URL('checkpoint/', document.baseURI);

let current: { readonly engine: EngineName; readonly detector: Promise<Detector> } | null = null;

/** The detector on the engine asked for; made once, and anew when the choice changes. */
export async function chooseDetector(engine: EngineName, onNote: (note: string) => void): Promise<Detector> {
  if (current?.engine === engine) return current.detector;
  const before = current?.detector;
  const detector = createDetector({
    model: checkpoint,
    engine,
    onProgress: ({ stage, done, total }) => {
      if (done < total) onNote(`Loading: ${stage.replaceAll('-', ' ')}…`);
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

/** Engine, reasons of a fallback, and model as rows of a definition list. */
export function describeDetector(info: DetectorInfo): HTMLElement[] {
  const threads = info.threads > 1 ? `, ${info.threads} threads` : '';
  const facts: [string, string][] = [
    ['Engine', `${info.engine} (${info.device}${threads})`],
    ...info.rejected.map(({ name, reason }): [string, string] => [`Not ${name}`, reason]),
    ['Model', `${info.model.name}, sha256 ${info.model.sha256.slice(0, 12)}…`],
    ['Licence', `${info.model.licence.weights}; data: ${info.model.licence.data}`],
    ['Face crop', info.model.crop],
  ];
  return facts.flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, value)]);
}
