// A table: search, filters, sorting, pages of rows. Its state stands in the address, so that back and a link restore it.

const SIZE = 50;
const LINKS = { entity: "_entity", event: "_event", article: "_article" };

async function tableView(name, query) {
  const view = meta.tables[name];
  const table = await loadTable(name);
  const columns = view.columns;
  const state = { page: 1, q: "", sort: "", ...query };
  let rows = Array.from({ length: table.rows }, (_, row) => row);
  let current = rows;

  const body = element("tbody");
  const count = element("span", { class: "count", "aria-live": "polite" });
  const pager = element("span", { class: "pager" });
  const input = element("input", {
    type: "search", value: state.q, placeholder: "search 搜索", "aria-label": "search", id: "search",
  });
  const selects = view.facets.map((facet) => facetMenu(table, facet, state, () => change({ page: 1 })));
  const heads = columns.map((column) => head(column));
  const chips = await linkChips(state, (key) => change({ [key]: "", page: 1 }));

  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => change({ q: input.value, page: 1 }), 150);
  });

  function head(column) {
    const button = element("button", { type: "button", "data-column": column }, column);
    button.addEventListener("click", () => {
      const up = state.sort === column;
      change({ sort: up ? `-${column}` : state.sort === `-${column}` ? "" : column, page: 1 });
    });
    return element("th", { scope: "col" }, button);
  }

  async function change(update) {
    Object.assign(state, update);
    for (const select of selects) state[select.name] = select.value;
    const kept = Object.fromEntries(Object.entries(state).filter(([key, value]) => value !== "" && !(key === "page" && value === 1)));
    history.replaceState(null, "", address(["table", name], kept));
    await fill();
  }

  let turn = 0;
  async function fill() {
    const mine = ++turn;
    let found = rows;
    for (const [key, column] of Object.entries(LINKS)) {
      if (state[key] && table.columns[column]) found = found.filter((row) => table.get(column, row) === Number(state[key]));
    }
    for (const { name: facet } of selects) {
      if (state[facet]) found = found.filter((row) => String(table.get(facet, row)) === state[facet]);
    }
    found = await search(table, found, state.q, [...columns, ...view.more]);
    const column = state.sort.replace(/^-/, "");
    if (columns.includes(column)) {
      found = column === "sentence" ? found : table.sorted(column, found, state.sort.startsWith("-"));
    }
    if (mine !== turn) return;
    current = found;
    const pages = Math.max(Math.ceil(found.length / SIZE), 1);
    const wanted = state.row !== undefined && state.row !== "" ? found.indexOf(Number(state.row)) : -1;
    if (wanted >= 0 && !query.page && state.page === 1) state.page = Math.floor(wanted / SIZE) + 1;
    state.page = Math.min(Math.max(Number(state.page) || 1, 1), pages);
    const slice = found.slice((state.page - 1) * SIZE, state.page * SIZE);
    const lines = await Promise.all(slice.map((row) => line(row)));
    if (mine !== turn) return;
    body.replaceChildren(...lines);
    count.textContent = `${shown(found.length)} of ${shown(table.rows)} rows`;
    pager.replaceChildren(
      step("‹", "previous page", state.page > 1, -1),
      ` ${state.page} / ${pages} `,
      step("›", "next page", state.page < pages, 1),
    );
    for (const th of heads) {
      const name = th.firstChild.dataset.column;
      const sort = state.sort === name ? "ascending" : state.sort === `-${name}` ? "descending" : null;
      if (sort) th.setAttribute("aria-sort", sort);
      else th.removeAttribute("aria-sort");
    }
  }

  function step(text, label, possible, by) {
    return element("button", {
      type: "button", "aria-label": label, disabled: !possible, onclick: () => change({ page: state.page + by, row: "" }),
    }, text);
  }

  async function line(row) {
    const cells = [];
    for (const column of columns) cells.push(await cell(table, column, row));
    const tr = element("tr", { "data-row": row, class: String(row) === state.row ? "wanted" : null }, element("td", { class: "go" }, goLinks(table, row)), cells);
    return tr;
  }

  const root = element("section", { class: "table-view" },
    element("h1", {}, `${view.chinese} ${view.title}`),
    element("div", { class: "tools" }, input, ...selects.map((s) => s.label), chips),
    element("div", { class: "status" }, count, pager),
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": view.title },
      element("table", {}, element("thead", {}, element("tr", {}, element("th", { class: "go" }), heads)), body)));
  await fill();
  const wanted = body.querySelector(".wanted");
  return { root, focus: wanted ? () => wanted.scrollIntoView({ block: "center" }) : null };
}

function facetMenu(table, facet, state, changed) {
  const all = Array.from({ length: table.rows }, (_, row) => row);
  const options = table.counts(facet, all).slice(0, 500).map(([value, number]) =>
    element("option", { value: String(value), selected: String(value) === state[facet] }, `${shown(value, facet)} (${number})`));
  const select = element("select", { name: facet, onchange: changed }, element("option", { value: "" }, "all 全部"), options);
  return { name: facet, get value() { return select.value; }, label: element("label", {}, element("span", {}, facet), select) };
}

/** What the rows are restricted to by a link: an entity, an event, an article. */
async function linkChips(state, drop) {
  const chips = [];
  for (const key of Object.keys(LINKS)) {
    if (!state[key]) continue;
    const table = await loadTable({ entity: "entities", event: "events", article: "articles" }[key]);
    const label = table.get({ entity: "name", event: "trigger", article: "headline" }[key], Number(state[key]));
    const chip = element("button", { type: "button", class: "chip", "aria-label": `drop the filter ${key}` }, `${key}: ${label || state[key]} ✕`);
    chip.addEventListener("click", () => { chip.remove(); drop(key); });
    chips.push(chip);
  }
  return chips;
}

async function cell(table, column, row) {
  const value = table.get(column, row);
  if (column === "sentence") {
    const text = await sentence(value);
    return element("td", { class: "sentence" }, marked(text, table.get("text", row) ?? table.get("trigger", row)));
  }
  const number = typeof value === "number" && column !== "issue_year";
  const wide = typeof value === "string" && value.length > 13;
  return element("td", { class: number ? "number" : wide ? "wide" : null }, shown(value, column));
}

/** A sentence with the first occurrence of the row's words set off. */
function marked(text, words) {
  const at = words ? text.indexOf(words) : -1;
  return at < 0 ? [text] : [text.slice(0, at), element("b", {}, words), text.slice(at + words.length)];
}

/** From a row to where it stands and to what belongs to it. */
function goLinks(table, row) {
  const name = table.name;
  if (name === "pages") return [link(["page", row], {}, "版面 page")];
  if (name === "articles") return [link(["article", row], {}, "原文 text")];
  if (name === "entities") return [link(["table", "mentions"], { entity: row }, "出处 mentions")];
  const links = [];
  const article = table.get("_article", row);
  if (article !== null && article !== undefined) links.push(link(["article", article, name, row], {}, "原文 text"));
  const entity = table.get("_entity", row);
  if ((name === "communities" || name === "villages") && entity !== null) {
    links.push(link(["table", "mentions"], { entity }, "出处 mentions"));
  }
  return links;
}
