/** Filters, wide and plain sheets of contact sheets. */
export const contactStyle = `
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:0 3rem;align-items:start}
.group{margin-top:2rem;padding-top:1.5rem}
.group .sheet{margin-top:1rem}
.sheet-wide{grid-template-columns:repeat(auto-fill,minmax(min(31rem,100%),1fr))}
.sheet-wide .triptych{grid-template-columns:repeat(4,1fr)}
.sheet-plain{grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr))}
.sheet-plain .triptych{grid-template-columns:1fr}
.sample a{display:block}
.filters{display:flex;flex-wrap:wrap;gap:.75rem 1.5rem;align-items:baseline;margin-bottom:.75rem}
.filters[hidden],.sample[hidden],.group[hidden]{display:none}
.filters output{color:var(--muted);font-size:.9375rem}
select{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line-strong);border-radius:8px;padding:.375rem .5rem;margin-left:.25rem;max-width:100%}
select:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media (max-width:44rem){
.sheet-wide .triptych:has(figure:nth-child(4)){grid-template-columns:1fr 1fr}
.sheet-wide .triptych{grid-template-columns:1fr 1fr 1fr}
}
@media print{.filters{display:none}}
`;
