/** Page, type, tables: everything that is not the part of one section. */
export const pageStyle = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 -apple-system,BlinkMacSystemFont,"Segoe UI",Inter,Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.head,main,.foot{max-width:70rem;margin:0 auto;padding:0 1.5rem}
p,figure,dl,dd,ul,ol{margin:0;padding:0}
p{text-wrap:pretty}
ul,ol{list-style:none}
img{display:block;max-width:100%}
small{font-size:.8125rem;color:var(--muted);font-weight:400}
a{color:var(--accent)}
a:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:3px}
abbr{text-decoration:none}
h1,h2,h3,h4{line-height:1.2;margin:0;font-weight:650;text-wrap:balance}
h1{font-size:clamp(1.75rem,1.3rem + 2vw,2.5rem);letter-spacing:-.022em}
h2{font-size:1.5rem;letter-spacing:-.014em}
h3{font-size:1.125rem}
h4{font-size:.8125rem;color:var(--muted);font-weight:600;margin:1rem 0 .375rem}
.head{padding-top:clamp(2rem,6vw,4.5rem)}
.subtitle{color:var(--muted);margin-top:.5rem}
.summary{margin-top:1.5rem;max-width:44rem;font-size:1.125rem;display:grid;gap:.5rem}
nav{margin-top:2rem}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
nav a{display:inline-block;padding:.3rem 0;text-decoration:none;font-weight:500}
nav a:hover{text-decoration:underline;text-underline-offset:.25em}
section{padding-top:2.25rem;margin-top:2.75rem;border-top:1px solid var(--line)}
.head+main>section:first-child{margin-top:2rem}
h2{margin-bottom:1rem}
.lead{max-width:44rem;margin:-.5rem 0 1.5rem;color:var(--muted)}
.notice{max-width:52rem;margin:1.5rem 0;padding:.875rem 1.125rem;background:var(--notice);border-left:3px solid var(--notice-line);border-radius:0 8px 8px 0}
.note{font-size:.8125rem;line-height:1.45;color:var(--muted)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.foot{margin-top:3rem;padding-bottom:3rem;color:var(--muted);font-size:.875rem}
.foot p{padding-top:1.5rem;border-top:1px solid var(--line)}
main{padding-bottom:2rem}
.badge{display:inline-flex;align-items:center;gap:.375em;padding:.125em .625em;border-radius:99px;font-size:.8125rem;font-weight:600;line-height:1.5;white-space:nowrap}
.badge-real{color:var(--real);background:var(--real-soft)}
.badge-fake{color:var(--fake);background:var(--fake-soft)}
.badge-uncertain{color:var(--uncertain);background:var(--uncertain-soft)}
.badge-no-face{color:var(--muted);background:var(--card)}
.table{width:100%;border-collapse:collapse;font-size:.9375rem;margin-top:1.75rem}
.table-narrow{max-width:44rem}
.table caption{text-align:left;color:var(--muted);font-size:.875rem;padding-bottom:.5rem}
.table th,.table td{padding:.5rem .75rem .5rem 0;text-align:left;vertical-align:baseline;border-bottom:1px solid var(--line)}
.table thead th{color:var(--muted);font-size:.8125rem;font-weight:500;border-bottom-color:var(--line-strong)}
.table tbody th{font-weight:500}
.table tr>:last-child{padding-right:0}
.table .number{text-align:right;white-space:nowrap}
.table th,.table td{overflow-wrap:break-word}
.table bdi{overflow-wrap:anywhere}
.table .number+:not(.number){padding-left:1.25rem}
.table .strong{font-weight:650}
.table .missing{color:var(--muted);font-size:.875rem}
.table tfoot th,.table tfoot td{font-weight:650;border-bottom:0;border-top:1px solid var(--line-strong)}
.table .plot{width:34%;padding-left:1.25rem;padding-right:1.25rem;vertical-align:middle}
.table thead .plot span{display:inline-block;width:33.33%;text-align:center}
.table thead .plot span:first-child{text-align:left}
.table thead .plot span:last-child{text-align:right}
@media (max-width:44rem){
.head,main,.foot{padding-left:1.125rem;padding-right:1.125rem}
.summary{font-size:1.0625rem}
.table{font-size:.875rem}
.table th,.table td{padding-right:.5rem}
.table .wide{display:none}
}
@media print{nav{display:none}section,.face,.sample,.figure{break-inside:avoid}}
`;
