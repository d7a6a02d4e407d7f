// The data of the report: chunks unpacked when they are asked for, and kept.

const chunks = new Map();

/** The content of a chunk of the file, a promise. */
function chunk(name) {
  if (!chunks.has(name)) chunks.set(name, unpack(name));
  return chunks.get(name);
}

async function unpack(name) {
  const element = document.getElementById(name);
  if (!element) throw new Error(`The file has no part “${name}”: it is not whole. Write the report again.`);
  const binary = atob(element.textContent);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  element.remove();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

const tables = new Map();

/** A table by name: `rows`, `get(column, row)`, `column(name)`. */
function loadTable(name) {
  if (!tables.has(name)) tables.set(name, chunk(`table-${name}`).then((data) => new Table(name, data)));
  return tables.get(name);
}

class Table {
  constructor(name, data) {
    this.name = name;
    this.rows = data.rows;
    this.columns = data.columns;
  }

  get(column, row) {
    const data = this.columns[column];
    if (!data) return null;
    if (data.values) return data.values[row];
    const at = data.index[row];
    return at === null ? null : data.dictionary[at];
  }

  /** The distinct values of a column with their number among `rows`, most frequent first. */
  counts(column, rows) {
    const counts = new Map();
    for (const row of rows) {
      const value = this.get(column, row);
      if (value !== null) counts.set(value, (counts.get(value) || 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1]);
  }

  /** `rows` sorted by a column; rows without a value last in both directions. */
  sorted(column, rows, descending) {
    const data = this.columns[column];
    let key;
    if (data.dictionary) {
      const order = data.dictionary.map((value, at) => at).sort((a, b) => compare(data.dictionary[a], data.dictionary[b]));
      const rank = new Array(order.length);
      order.forEach((at, place) => (rank[at] = place));
      key = (row) => (data.index[row] === null ? null : rank[data.index[row]]);
    } else {
      key = (row) => data.values[row];
    }
    const sign = descending ? -1 : 1;
    return [...rows].sort((a, b) => {
      const x = key(a), y = key(b);
      if (x === null || y === null) return (x === null) - (y === null) || a - b;
      return sign * compare(x, y) || a - b;
    });
  }
}

const collator = new Intl.Collator("zh-Hans-CN", { numeric: true });

function compare(a, b) {
  if (typeof a === "string" && typeof b === "string") return collator.compare(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sentence number `at` of the facts, a promise. */
async function sentence(at) {
  const size = meta.sentences;
  return (await chunk(`sentences-${Math.floor(at / size)}`))[at % size];
}

/** Rows of `table` in which every word of `query` stands, in one of its shown columns or its sentence; a promise. */
async function search(table, rows, query, columns) {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (!words.length) return rows;
  const hits = [];
  for (const word of words) hits.push(await matcher(table, columns, word));
  return rows.filter((row) => hits.every((hit) => hit(row)));
}

async function matcher(table, columns, word) {
  const tests = [];
  for (const name of columns) {
    const data = table.columns[name];
    if (!data) continue;
    if (name === "sentence") {
      const numbers = new Set(data.values);
      const found = new Set();
      for (const at of numbers) if (fold(await sentenceNow(at)).includes(word)) found.add(at);
      tests.push((row) => found.has(data.values[row]));
    } else if (data.dictionary) {
      const found = data.dictionary.map((value) => fold(String(value)).includes(word));
      tests.push((row) => data.index[row] !== null && found[data.index[row]]);
    } else {
      tests.push((row) => data.values[row] !== null && fold(String(data.values[row])).includes(word));
    }
  }
  return (row) => tests.some((test) => test(row));
}

let lastChunk = -1, lastSentences = null;

/** As `sentence`, but waits only when another chunk begins: a search asks for all of them in order. */
function sentenceNow(at) {
  const number = Math.floor(at / meta.sentences);
  if (number === lastChunk) return lastSentences[at % meta.sentences];
  return chunk(`sentences-${number}`).then((content) => {
    lastChunk = number;
    lastSentences = content;
    return content[at % meta.sentences];
  });
}

/** Letters in lower case, full-width ASCII as half-width: what a search takes for the same. */
function fold(text) {
  return text.replace(/[\uFF01-\uFF5E]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).toLowerCase();
}

/** A text by code points, as the offsets of the tables count. */
class CodePoints {
  constructor(text) {
    this.text = text;
    this.points = /[\uD800-\uDFFF]/.test(text) ? Array.from(text) : null;
    this.length = this.points ? this.points.length : text.length;
  }

  slice(start, end) {
    return this.points ? this.points.slice(start, end).join("") : this.text.slice(start, end);
  }
}

/** The page with number `at`, a promise; of an article by its row: `pageOfArticle`. */
async function loadPage(at) {
  const starts = meta.pageChunks;
  let number = 0;
  while (number + 2 < starts.length && starts[number + 1] <= at) number++;
  const page = (await chunk(`pages-${number}`))[at - starts[number]];
  if (!page.points) page.points = new CodePoints(page.text);
  return page;
}

async function loadArticle(row) {
  const articles = await loadTable("articles");
  const at = articles.get("_page", row);
  const page = await loadPage(at);
  return { at, page, article: page.articles.find((article) => article.row === row) };
}
