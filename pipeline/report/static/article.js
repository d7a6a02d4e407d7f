// An article, or a whole page as printed, with its facts marked; marks may nest and overlap.

const LAYERS = [
  ["PER", "people 人物"], ["PLACE", "places 地点"], ["ORG", "organisations 机构"], ["POST", "posts 职务"],
  ["quantities", "quantities 数量"], ["times", "times 时间"], ["events", "events 事件"],
];
const hidden = new Set();

async function articleView(row, tableName, tableRow) {
  const { at, page, article } = await loadArticle(row);
  const articles = await loadTable("articles");
  const marks = marksOf(article);
  const card = element("aside", { class: "card", id: "card", "aria-live": "polite" }, hint());
  const painter = new Painter(page.points, marks, (hits) => showCard(card, hits, painter));
  const text = element("div", { class: "text" }, article.blocks.map((block) => painter.block(block)));
  const facts = ["kind", "bylines", "place", "issue_date"].map((c) => articles.get(c, row)).filter(Boolean);
  const root = element("section", { class: "article-view" },
    element("nav", { class: "beside" },
      row > 0 ? link(["article", row - 1], {}, "‹ previous 上一篇") : null,
      link(["page", at], { article: row }, "as printed 版面原样"),
      link(["table", "articles"], { row }, "in the table 表中"),
      row + 1 < articles.rows ? link(["article", row + 1], {}, "next 下一篇 ›") : null),
    element("h1", {}, articles.get("headline", row) || articles.get("kicker", row) || "(no headline 无标题)"),
    element("p", { class: "facts" }, facts.join(" · ")),
    layers(marks),
    element("div", { class: "reading" }, text, card),
    await factList(marks));
  const wanted = marks.find((mark) => mark.table === tableName && mark.row === Number(tableRow));
  if (wanted) showCard(card, [wanted], painter);
  return { root, focus: wanted ? () => painter.scrollTo(wanted) : null };
}

async function pageView(at, query) {
  const pages = await loadTable("pages");
  const page = await loadPage(at);
  const marks = page.articles.flatMap((article) => marksOf(article));
  const card = element("aside", { class: "card", id: "card", "aria-live": "polite" }, hint());
  const painter = new Painter(page.points, marks, (hits) => showCard(card, hits, painter));
  const block = painter.block({ role: "printed", pieces: [[0, page.points.length]] });
  const articles = await loadTable("articles");
  const first = page.articles.find((article) => article.row === Number(query.article));
  const root = element("section", { class: "article-view" },
    element("nav", { class: "beside" },
      at > 0 ? link(["page", at - 1], {}, "‹ previous 上一版") : null,
      link(["table", "pages"], { row: at }, "in the table 表中"),
      at + 1 < pages.rows ? link(["page", at + 1], {}, "next 下一版 ›") : null),
    element("h1", {}, pages.get("source", at)),
    element("details", { class: "contents" }, element("summary", {}, `${page.articles.length} articles 篇文章`),
      element("ol", {}, page.articles.map(({ row }) =>
        element("li", {}, link(["article", row], {}, articles.get("headline", row) || articles.get("kind", row)))))),
    layers(marks),
    element("div", { class: "reading" }, element("div", { class: "text" }, block), card));
  const start = first && first.blocks.length ? Math.min(...first.blocks.flatMap((b) => b.pieces.map((p) => p[0]))) : null;
  return { root, focus: start === null ? null : () => painter.scrollToOffset(start) };
}

function hint() {
  return element("p", { class: "hint" }, "Choose a marked word to see its row. 点击标记查看对应的行。");
}

/** The marks of an article: {table, row, start, end, layer, event}. */
function marksOf(article) {
  const marks = [];
  for (const [table, list] of Object.entries(article.marks)) {
    for (const [row, start, end, ...more] of list) {
      const layer = table === "mentions" ? more[0] : table;
      const mark = { table, row, start, end, layer };
      if (table === "event_arguments") mark.event = more[0];
      if (table === "quantities" && more[0] !== null) mark.object = more;
      marks.push(mark);
    }
  }
  return marks.sort((a, b) => a.start - b.start || b.end - a.end);
}

/** Switches of the layers; a layer that is off is not seen, its marks stay. */
function layers(marks) {
  const box = element("div", { class: "layers", role: "group", "aria-label": "layers" });
  for (const [layer, label] of LAYERS) {
    const number = marks.filter((mark) => mark.layer === layer).length;
    const input = element("input", { type: "checkbox", checked: !hidden.has(layer) });
    input.addEventListener("change", () => {
      if (input.checked) hidden.delete(layer);
      else hidden.add(layer);
      document.querySelectorAll(".text").forEach((text) => text.classList.toggle(`no-${layer}`, !input.checked));
    });
    box.append(element("label", { class: `layer-${layer}` }, input, `${label} ${number}`));
  }
  return box;
}

/** Paints text cut at every edge of a mark. A run knows all marks that cover it; each has a lane of its own
 * below the line. Colours come from custom properties, which a hidden layer makes transparent. */
class Painter {
  constructor(points, marks, choose) {
    this.points = points;
    this.choose = choose;
    this.runs = [];
    this.all = marks;
    this.marks = marks.filter((mark) => LAYERS.some(([layer]) => layer === mark.layer));
    assignLanes(this.marks);
  }

  block({ role, pieces }) {
    const box = element(role === "headline" ? "h2" : "p", { class: role });
    const edges = [...new Set(this.all.flatMap((m) => [m.start, m.end, ...(m.object || [])]))].sort((a, b) => a - b);
    let last = "";
    for (const [start, end] of pieces) {
      const inside = edges.slice(lowerBound(edges, start + 1), lowerBound(edges, end));
      const cuts = [start, ...inside, end];
      for (let i = 0; i + 1 < cuts.length; i++) {
        const text = this.points.slice(cuts[i], cuts[i + 1]);
        if (!text) continue;
        if (i === 0 && /[A-Za-z]$/.test(last) && /^[A-Za-z]/.test(text)) box.append(" ");
        box.append(this.run(cuts[i], cuts[i + 1], text));
        last = text;
      }
    }
    return box;
  }

  run(start, end, text) {
    const marks = this.marks.filter((mark) => mark.start <= start && mark.end >= end);
    const span = element("span", {}, text);
    this.runs.push({ start, end, span });
    if (!marks.length) return span;
    span.className = "run";
    for (const mark of marks) span.style.setProperty(`--lane-${Math.min(mark.lane, 3)}`, `var(--${mark.layer})`);
    const inner = [...marks].sort((a, b) => a.end - a.start - (b.end - b.start));
    span.style.setProperty("--tint", `var(--${inner[0].layer}-tint)`);
    span.dataset.layers = inner.map((mark) => mark.layer).join(" ");
    const choose = () => this.choose(inner.filter((mark) => !hidden.has(mark.layer)));
    span.addEventListener("click", choose);
    if (marks.some((mark) => mark.start === start)) {
      span.tabIndex = 0;
      span.setAttribute("role", "button");
      span.addEventListener("keydown", (event) => { if (event.key === "Enter") choose(); });
    }
    return span;
  }

  /** Set off a mark, and with an event its participants, with a quantity what it counts. */
  highlight(mark) {
    for (const { span } of this.runs) {
      span.classList.remove("chosen", "argument");
      span.removeAttribute("data-role");
    }
    this.each(mark.start, mark.end, (span) => span.classList.add("chosen"));
    if (mark.object) this.each(...mark.object, (span) => span.classList.add("argument"));
    const event = mark.table === "events" ? mark.row : mark.event;
    for (const other of event === undefined ? [] : this.all) {
      if (other.event === event) this.each(other.start, other.end, (span) => span.classList.add("argument"));
    }
  }

  each(start, end, then) {
    for (const run of this.runs) if (run.start >= start && run.end <= end) then(run.span);
  }

  scrollTo(mark) {
    const run = this.runs.find((run) => run.start >= mark.start && run.end <= mark.end);
    if (run) run.span.scrollIntoView({ block: "center" });
  }

  scrollToOffset(start) {
    const run = this.runs.find((run) => run.end > start);
    if (run) run.span.scrollIntoView({ block: "start" });
  }
}

/** Marks that overlap get different lanes; the outer one the lower line. */
function assignLanes(marks) {
  const open = [];
  for (const mark of [...marks].sort((a, b) => a.start - b.start || b.end - a.end)) {
    let lane = 0;
    while (open[lane] > mark.start) lane++;
    open[lane] = mark.end;
    mark.lane = lane;
  }
}

function lowerBound(sorted, value) {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rows of the chosen marks, innermost first. */
async function showCard(card, marks, painter) {
  if (!marks.length) return;
  painter.highlight(marks[0]);
  const entries = [];
  for (const mark of marks) {
    const table = await loadTable(mark.table);
    const view = meta.tables[mark.table];
    const list = element("dl");
    for (const column of [...view.columns, ...view.more]) {
      let value = table.get(column, mark.row);
      if (column === "sentence" && value !== null) value = await sentence(value);
      if (value === null || value === undefined || value === "") continue;
      list.append(element("dt", {}, column), element("dd", {}, shown(value, column)));
    }
    entries.push(element("section", {},
      element("h3", { class: `layer-${mark.layer}` }, `${view.chinese} ${view.title}`), list,
      link(["table", mark.table], { row: mark.row }, "in the table 表中")));
  }
  card.replaceChildren(...entries);
}

/** Every fact of the article, by table, linked to its place above and to its row. */
async function factList(marks) {
  const root = element("div", { class: "fact-lists" });
  for (const name of ["officials", "quantities", "times", "events", "mentions"]) {
    const own = marks.filter((mark) => mark.table === name);
    if (!own.length) continue;
    const table = await loadTable(name);
    const columns = { officials: ["person", "title", "unit", "status"], quantities: ["text", "value", "unit", "object"],
      times: ["text", "value"], events: ["trigger", "type", "realis", "arguments"], mentions: ["text", "type", "canonical"] }[name];
    const items = own.map((mark) => element("li", {},
      link(["article", location_().path[1], name, mark.row], {}, shown(table.get(columns[0], mark.row)) || "·"), " ",
      columns.slice(1).map((c) => shown(table.get(c, mark.row), c)).filter(Boolean).join(" · ")));
    root.append(element("details", { open: name !== "mentions" },
      element("summary", {}, `${meta.tables[name].chinese} ${meta.tables[name].title} (${own.length})`),
      element("ul", {}, items)));
  }
  return root;
}
