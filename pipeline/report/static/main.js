// The first screen, the manifest, the bar above, and which view an address shows.

let meta;

async function start() {
  meta = await chunk("meta");
  const header = document.getElementById("bar");
  header.append(bar());
  new ResizeObserver(() => document.documentElement.style.setProperty("--bar", `${header.offsetHeight}px`)).observe(header);
  window.addEventListener("hashchange", route);
  await route();
  document.documentElement.dataset.ready = "true";
}

function bar() {
  const links = [
    element("a", { href: "#/" }, "概览 Overview"),
    ...Object.entries(meta.tables).map(([name, view]) =>
      element("a", { href: address(["table", name]), "data-table": name }, `${view.chinese} ${view.title}`, element("small", {}, shown(view.rows)))),
    element("a", { href: "#/run" }, "运行 Run"),
  ];
  const button = element("button", { type: "button", id: "theme", "aria-label": "light or dark" }, "◐");
  button.addEventListener("click", () => {
    const theme = document.documentElement.dataset.theme;
    const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  });
  return element("nav", { "aria-label": "tables" }, links, button);
}

let routes = 0;

async function route() {
  const mine = ++routes;
  const main = document.getElementById("main");
  const { path, query } = location_();
  let view;
  try {
    view = await viewOf(path, query);
  } catch (error) {
    view = { root: element("p", { class: "error" }, `This could not be shown: ${error.message}`) };
    console.error(error);
  }
  if (mine !== routes) return;
  main.replaceChildren(view.root);
  for (const layer of hidden) main.querySelectorAll(".text").forEach((text) => text.classList.add(`no-${layer}`));
  document.querySelectorAll("#bar a").forEach((a) => {
    const here = a.getAttribute("href") === (path[0] === "table" ? address(path) : path[0] ? `#/${path[0]}` : "#/");
    if (here) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  });
  window.scrollTo(0, 0);
  if (view.focus) view.focus();
  main.dataset.shown = location.hash || "#/";
}

async function viewOf(path, query) {
  const [kind, first, second, third] = path;
  if (!kind) return { root: overview() };
  if (kind === "run") return { root: run() };
  if (kind === "table" && meta.tables[first]) return tableView(first, query);
  const article = Number(first);
  if (kind === "article" && article >= 0 && article < meta.tables.articles.rows) return articleView(article, second, third);
  if (kind === "page" && article >= 0 && article < meta.tables.pages.rows) return pageView(article, query);
  return { root: element("p", { class: "error" }, "There is nothing here. 没有这一页。 ", element("a", { href: "#/" }, "概览 Overview")) };
}

function overview() {
  const { figures, charts } = meta.overview;
  const tiles = figures.map(([table, query, label, number]) =>
    element("a", { class: table === "failures" && number ? "tile bad" : "tile", href: address(["table", table], query) }, element("b", {}, shown(number)), label));
  const { articles, of } = meta.shown;
  return element("section", { class: "overview" },
    element("h1", {}, "概览 Overview"),
    articles < of ? element("p", { class: "note" }, `This report shows the first ${shown(articles)} of ${shown(of)} articles; entities, communities and villages are those of the whole run.`) : null,
    element("div", { class: "tiles" }, tiles),
    element("div", { class: "charts" }, charts.map(chart)));
}

function run() {
  const { manifest } = meta;
  const lines = [];
  (function walk(value, path) {
    if (value !== null && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length) {
      for (const [key, inner] of Object.entries(value)) walk(inner, path ? `${path}.${key}` : key);
    } else {
      lines.push([path, typeof value === "object" ? JSON.stringify(value) : String(value)]);
    }
  })(manifest, "");
  return element("section", { class: "run-view" },
    element("h1", {}, "运行 Run"),
    element("p", {}, `run.json of ${meta.output}`),
    element("div", { class: "scroll" }, element("table", {}, element("tbody", {},
      lines.map(([key, value]) => element("tr", {}, element("th", { scope: "row" }, key), element("td", { class: "wide" }, value)))))));
}

start().catch((error) => {
  document.getElementById("main").textContent = `The report could not be opened: ${error.message} (a browser of 2023 or later is needed)`;
  console.error(error);
});
