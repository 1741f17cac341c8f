/** Tiles, contact sheet, charts, photos and face cards. */
export const sectionStyle = `
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:1rem}
.tile{background:var(--card);border-radius:12px;padding:1.125rem 1.25rem}
.tile-label{font-size:.875rem;font-weight:500;color:var(--muted)}
.tile-value{font-size:2.25rem;line-height:1.2;font-weight:650;letter-spacing:-.02em;margin-top:.25rem}
.tile-words{font-size:1.375rem;line-height:1.9;letter-spacing:-.01em}
.tile-interval,.tile-note{font-size:.8125rem;line-height:1.45;color:var(--muted);margin-top:.25rem}
.tile .scale{margin:.5rem 0 .25rem}
.scale{display:block;width:100%;height:14px;overflow:visible}
.scale-axis{stroke:var(--line-strong);stroke-width:1}
.scale-tick{stroke:var(--line-strong);stroke-width:1;stroke-dasharray:2 2}
.scale-range{stroke:var(--series-1);stroke-width:3;stroke-linecap:round}
.scale-dot{fill:var(--series-1);stroke:var(--page);stroke-width:1.5}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:1rem 1.5rem;margin-top:1.75rem}
.facts dt{font-size:.8125rem;color:var(--muted)}
.facts dd{font-size:.9375rem}
.sheet{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:1.75rem 1.5rem;margin-top:2rem}
.triptych{display:grid;grid-template-columns:repeat(3,1fr);gap:.375rem;margin-bottom:.5rem}
.triptych img,.blank{width:100%;aspect-ratio:1;object-fit:cover;border-radius:8px;background:var(--card)}
.blank{display:grid;place-items:center;text-align:center;padding:.25rem;font-size:.75rem;line-height:1.3;color:var(--muted);border:1px dashed var(--line-strong)}
.triptych figcaption{font-size:.75rem;color:var(--muted);margin-top:.125rem}
.mode{font-weight:500;font-size:.9375rem;margin-left:.25rem}
.altered{font-size:.875rem;color:var(--muted);margin-top:.25rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(19rem,100%),1fr));gap:2rem 2rem;align-items:start}
.figure{max-width:28rem}
.figure figcaption{font-weight:600;margin-bottom:.5rem}
.chart{display:block;width:100%;height:auto;overflow:visible}
.chart text{font-family:inherit}
.legend{display:flex;flex-wrap:wrap;gap:.125rem 1rem;font-size:.8125rem;margin-top:.375rem}
.legend li{display:flex;align-items:center;gap:.4rem}
.figure .note{margin-top:.375rem}
.key-figures>div{display:flex;justify-content:space-between;align-items:baseline;gap:1rem;padding:.375rem 0;border-bottom:1px solid var(--line)}
.key-figures dt{font-size:.9375rem;line-height:1.35}
.key-figures dt small{display:block}
.key-figures dd{font-weight:600;white-space:nowrap}
.photo+.photo{margin-top:3.5rem}
.photo-verdict{margin:.375rem 0 1rem;color:var(--muted);font-size:.9375rem}
.stage{position:relative;border-radius:12px;overflow:hidden;background:var(--card)}
.stage img,.stage svg{position:absolute;inset:0;width:100%;height:100%}
.stage rect{fill:none;vector-effect:non-scaling-stroke}
.box-back{stroke:#000;stroke-opacity:.55;stroke-width:5}
.box-line{stroke-width:2.5}
.box-real{stroke:#7fd6a0}
.box-fake{stroke:#ff978c}
.box-uncertain{stroke:#efc466}
.tag{position:absolute;min-width:1.625rem;padding:.0625rem .375rem;border-radius:6px;font-size:.8125rem;line-height:1.5;font-weight:700;text-align:center;text-decoration:none;color:#111;box-shadow:0 0 0 1px rgba(0,0,0,.45)}
.tag-above{transform:translate(-2px,calc(-100% - 3px))}
.tag-real{background:#7fd6a0}
.tag-fake{background:#ff978c}
.tag-uncertain{background:#efc466}
.faces{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr));gap:1.25rem;margin-top:1.25rem}
.face{background:var(--card);border-radius:12px;padding:1.125rem 1.25rem 1.25rem;scroll-margin-top:1rem}
.face:target{outline:2px solid var(--accent)}
.face-head{display:flex;gap:1rem;align-items:center}
.face-head img{width:6.25rem;height:6.25rem;object-fit:cover;border-radius:10px;flex:none}
.face-name{font-size:.8125rem;font-weight:500;color:var(--muted)}
.face-probability{font-size:1.625rem;font-weight:650;line-height:1.2;letter-spacing:-.015em;margin-bottom:.25rem}
.face-probability small{letter-spacing:0}
.face-summary{margin-top:.875rem;font-size:.9375rem;line-height:1.5}
.bar{display:grid;grid-template-columns:8.25rem 1fr;gap:.625rem;align-items:center;font-size:.875rem;line-height:1.3;padding:.1875rem 0}
.bar dd{display:grid;grid-template-columns:1fr 2.25rem;gap:.5rem;align-items:center}
.track{position:relative;height:8px;border-radius:4px;background:var(--line)}
.fill{position:absolute;inset:0 auto 0 0;border-radius:4px;background:var(--series-6)}
.limit{position:absolute;top:-3px;bottom:-3px;width:2px;margin-left:-1px;background:var(--ink);box-shadow:0 0 0 1px var(--card)}
.bar-value{text-align:right}
.bar-altered{font-weight:650}
.bar-altered .fill{background:var(--fake)}
@media (max-width:44rem){
.tiles{grid-template-columns:1fr 1fr;gap:.75rem}
.tile{padding:.875rem 1rem}
.tile-value{font-size:1.75rem}
.tile-words{font-size:1.125rem;line-height:1.9}
.facts{grid-template-columns:1fr 1fr}
.tag{min-width:1.25rem;padding:0 .25rem;font-size:.6875rem}
.figure{max-width:none}
}
@media print{.fill,.badge,.tag,.tile,.face{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
