// Building the document. Text becomes text nodes only; nothing is ever parsed as markup.

const SVG = "http://www.w3.org/2000/svg";

function element(tag, attributes, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

/** A link inside the report: `go(["table", "events"], {type: "award"})`. */
function address(path, query) {
  const text = "#/" + path.map(encodeURIComponent).join("/");
  const words = new URLSearchParams(query || {}).toString();
  return words ? `${text}?${words}` : text;
}

function link(path, query, ...children) {
  return element("a", { href: address(path, query) }, ...children);
}

/** Where the report is: {path: ["table", "events"], query: {type: "award"}}. */
function location_() {
  const [path, words] = location.hash.replace(/^#\/?/, "").split("?");
  return {
    path: path.split("/").filter(Boolean).map(decodeURIComponent),
    query: Object.fromEntries(new URLSearchParams(words || "")),
  };
}

const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 6 });

/** A value as a reader wants it: numbers grouped, nothing for null. */
function shown(value, column) {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes 是" : "no 否";
  if (typeof value === "number" && column !== "issue_year") return NUMBER.format(value);
  return String(value);
}
