import { byId, element } from '../../browser/src/dom.js';
import { alterations, type Kind, type Photograph } from './messages.js';

const names = [1, 2, 3, 4, 5, 6].map((number) => `sample${number}.jpg`);

let photographs: readonly Photograph[] = [];
let onChange = (_: readonly Photograph[]): void => undefined;

function show(next: readonly Photograph[]): void {
  photographs = next;
  const items = photographs.map(({ file, kind }) =>
    element('li', { 'data-kind': kind === 'real' ? 'real' : 'altered' }, `${file.name}: ${describeKind(kind)}`),
  );
  byId('files').replaceChildren(...items);
  onChange(photographs);
}

const describeKind = (kind: Kind): string => (kind === 'real' ? 'real' : `altered, ${alterations[kind]}`);

/** A photograph that is given twice is taken once, as what it was said to be last. */
function add(files: Iterable<File>, kind: Kind): void {
  const added = [...files];
  const isAgain = ({ file }: Photograph) => added.some(({ name, size }) => name === file.name && size === file.size);
  show([...photographs.filter((known) => !isAgain(known)), ...added.map((file) => ({ file, kind }))]);
}

/** A zone that takes files by choice and by drop. */
function listenTo(zone: 'real' | 'altered', kindOf: () => Kind): void {
  const input = byId<HTMLInputElement>(`file-${zone}`);
  const drop = byId(`drop-${zone}`);
  input.addEventListener('change', () => {
    add(input.files ?? [], kindOf());
    // So that choosing the same file again is a change too.
    input.value = '';
  });
  drop.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.dataset.over = 'true';
  });
  drop.addEventListener('dragleave', () => delete drop.dataset.over);
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    add(event.dataTransfer?.files ?? [], kindOf());
  });
}

async function fetchSample(name: string): Promise<File> {
  const response = await fetch(new URL(`samples/${name}`, document.baseURI));
  if (!response.ok)
    throw new Error(`The sample photograph ${name} is not beside the page (status ${response.status}).`);
  return new File([await response.blob()], name);
}

/** Fetches the sample photographs. There are no altered ones among them: the page makes some. */
async function useSamples(): Promise<void> {
  add(await Promise.all(names.map(fetchSample)), 'real');
  const makeAltered = byId<HTMLInputElement>('make-altered');
  makeAltered.checked = true;
  makeAltered.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Connects the form with which photographs are chosen; the callbacks are told of every change, and of what failed. */
export function listenToPhotographs(callbacks: {
  readonly onChange: (photographs: readonly Photograph[]) => void;
  readonly onError: (error: unknown) => void;
}): void {
  onChange = callbacks.onChange;
  const kind = byId<HTMLSelectElement>('kind');
  kind.append(...Object.entries(alterations).map(([value, words]) => element('option', { value }, words)));
  listenTo('real', () => 'real');
  listenTo('altered', () => kind.value as Kind);
  byId('samples').addEventListener('click', () => void useSamples().catch(callbacks.onError));
  byId('clear').addEventListener('click', () => show([]));
  // A file that misses its zone shall not replace the page.
  for (const type of ['dragover', 'drop']) document.addEventListener(type, (event) => event.preventDefault());
}
