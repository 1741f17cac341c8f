/** Small multiples, settings and what is folded away in the report of a run. */
export const trainingStyle = `
.figures-wide{grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr))}
.figures-wide .figure{max-width:31rem}
.note-apart{margin-top:1.5rem;max-width:44rem}
.multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(10rem,44%),1fr));gap:1.25rem 1.25rem;margin-bottom:.75rem}
.multiple-title{display:flex;justify-content:space-between;align-items:baseline;gap:.5rem;font-size:.875rem;line-height:1.3;margin-bottom:.25rem}
.multiple-title b{font-weight:650;white-space:nowrap}
.multiples li{display:flex;flex-direction:column;justify-content:space-between}
.scroll{overflow-x:auto}
details{margin-top:1.75rem}
summary{cursor:pointer;font-weight:500;color:var(--accent)}
summary:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:3px}
details .table{margin-top:.75rem}
pre{margin:.75rem 0 0;padding:1rem 1.125rem;background:var(--card);border-radius:12px;font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;white-space:pre-wrap}
`;
