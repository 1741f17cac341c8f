/** Shows the samples of the mode and the label that are chosen. Without scripts the choice is not offered and all are shown. */
export const filterScript = `
const filters = document.querySelector('.filters');
const [mode, label] = filters.querySelectorAll('select');
const shown = filters.querySelector('output');
const samples = [...document.querySelectorAll('.sample')];
function filter() {
  for (const sample of samples)
    sample.hidden = !((mode.value === '' || mode.value === sample.dataset.mode) &&
      (label.value === '' || sample.dataset.labels.split(' ').includes(label.value)));
  for (const group of document.querySelectorAll('.group'))
    group.hidden = group.querySelector('.sample:not([hidden])') === null;
  shown.textContent = samples.filter((sample) => !sample.hidden).length + ' of ' + samples.length + ' shown';
}
filters.addEventListener('change', filter);
filters.hidden = false;
filter();
`;
