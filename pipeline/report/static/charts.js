// Bar charts as inline SVG, drawn to the width they have; every bar links to its rows.

const BAR = 22;

function chart(data) {
  const place = element("div", { class: "drawing" });
  const box = element("figure", { class: "chart" }, element("figcaption", {}, data.title), legend(data), place);
  let drawn = 0;
  new ResizeObserver(() => {
    const width = Math.floor(place.clientWidth);
    if (!width || width === drawn) return;
    drawn = width;
    place.replaceChildren(bars(data, width));
  }).observe(place);
  return box;
}

function legend(data) {
  if (!data.series || data.series.length < 2) return null;
  const items = data.series.map((name, at) => element("li", {}, element("i", { class: `series-${at}` }), name));
  return element("ul", { class: "legend" }, items);
}

function bars(data, width) {
  const longest = Math.max(...data.bars.map(([label]) => textWidth(label)));
  const left = Math.min(Math.max(longest, 30) + 10, width * 0.5);
  const right = 12 + Math.max(...data.bars.map((bar) => shown(bar[1]).length)) * 7.5;
  const most = Math.max(...data.bars.map((bar) => bar[1])) || 1;
  const scale = Math.max(width - left - right, 10) / most;
  const rows = data.bars.map((bar, at) => row(data, bar, at * BAR, left, scale));
  const height = data.bars.length * BAR + 2;
  const names = { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": data.title };
  return svg("svg", names, rows);
}

function row(data, bar, top, left, scale) {
  const [label, number, more] = bar;
  const parts = Array.isArray(more) ? more : [number];
  let x = left;
  const rects = parts.map((part, at) => {
    const rect = svg("rect", {
      x, y: top + 4, width: Math.max(part * scale, part ? 1 : 0), height: BAR - 8, class: `series-${at}`,
    });
    x += part * scale;
    return rect;
  });
  const fits = Math.max(Math.floor((left - 10) / 12.5), 2);
  const short = textWidth(label) > left - 8 ? Array.from(String(label)).slice(0, fits).join("") + "…" : label;
  const content = [
    svg("title", {}, `${label}: ${shown(number)}`),
    svg("rect", { x: 0, y: top, width: "100%", height: BAR, class: "hit" }),
    svg("text", { x: left - 7, y: top + 15, "text-anchor": "end" }, short),
    ...rects,
    svg("text", { x: x + 5, y: top + 15, class: "number" }, shown(number)),
  ];
  const query = data.entity ? { entity: more } : data.facet ? { [data.facet]: label } : null;
  return query ? svg("a", { href: address(["table", data.table], query) }, content) : svg("g", {}, content);
}

/** About the width of a label in 12.5 px: a Chinese character is as wide as it is high. */
function textWidth(text) {
  let width = 0;
  for (const c of String(text)) width += c.charCodeAt(0) > 0x2e80 ? 12.5 : 7.8;
  return width;
}
