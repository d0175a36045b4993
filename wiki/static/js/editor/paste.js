// What is pasted from a spreadsheet or a page with headings, lists and links becomes Markdown. Text without any of that
// is pasted as it is, and so is everything with Ctrl+Shift+V.

const WORTH_IT = "table, a[href], b, strong, i, em, ul, ol, h1, h2, h3, h4, blockquote";
const LEVELS = {H1: "## ", H2: "## ", H3: "### ", H4: "#### ", H5: "##### ", H6: "###### "};
const SKIPPED = new Set(["SCRIPT", "STYLE", "META", "LINK", "TITLE", "HEAD"]);
const BLOCKS = new Set(["P", "DIV", "SECTION", "ARTICLE", "TABLE", "UL", "OL", "BLOCKQUOTE", "PRE", ...Object.keys(LEVELS)]);

const spaced = (text) => text.replace(/\s+/g, " ");
const cell = (text) => spaced(text).trim().replaceAll("|", "\\|");

// Rows of cells as a table; the first row is its head.
export function table(rows) {
  const width = Math.max(...rows.map((row) => row.length));
  const line = (row) => `| ${Array.from({length: width}, (_, i) => cell(row[i] ?? "")).join(" | ")} |`;
  return [line(rows[0]), `|${" --- |".repeat(width)}`, ...rows.slice(1).map(line)].join("\n");
}

// Lines with tabs between their cells, as spreadsheets copy them; null for anything else.
export function rowsOf(text) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
  const rows = lines.map((line) => line.split("\t"));
  return rows.length > 1 && rows[0].length > 1 && rows.every((row) => row.length === rows[0].length) ? rows : null;
}

function around(mark, text) {
  const inner = text.trim();
  return inner ? text.replace(inner, () => `${mark}${inner}${mark}`) : text;
}

function inline(node) {
  if (node.nodeType === Node.TEXT_NODE) return spaced(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE || SKIPPED.has(node.tagName)) return "";
  const text = [...node.childNodes].map(inline).join("");
  const normal = node.style?.fontWeight === "normal"; // Google Docs wraps everything in <b style="font-weight:normal">
  if (node.tagName === "BR") return "\n";
  if (/^(B|STRONG)$/.test(node.tagName) && !normal) return around("**", text);
  if (/^(I|EM)$/.test(node.tagName)) return around("*", text);
  if (node.tagName === "CODE") return around("`", text);
  const address = node.tagName === "A" ? node.getAttribute("href") : null;
  return address && /^(https?:|mailto:)/i.test(address) && text.trim() ? `[${text.trim()}](${address})` : text;
}

function list(node, depth) {
  const marks = node.tagName === "OL" ? (number) => `${number + 1}. ` : () => "- ";
  return [...node.children].filter((item) => item.tagName === "LI").map((item, number) => {
    const inner = [...item.childNodes].filter((child) => !/^(UL|OL)$/.test(child.tagName)).map(inline).join("");
    const below = [...item.children].filter((child) => /^(UL|OL)$/.test(child.tagName)).map((child) => `\n${list(child, depth + 1)}`);
    return "   ".repeat(depth) + marks(number) + spaced(inner).trim() + below.join("");
  }).join("\n");
}

function block(node) {
  if (node.tagName === "TABLE") return table([...node.rows].map((row) => [...row.cells].map((one) => inline(one))));
  if (/^(UL|OL)$/.test(node.tagName)) return list(node, 0);
  if (node.tagName === "PRE") return `\`\`\`\n${node.textContent.replace(/\n$/, "")}\n\`\`\``;
  if (node.tagName === "BLOCKQUOTE") return blocks(node).replace(/^/gm, "> ");
  if (LEVELS[node.tagName]) return LEVELS[node.tagName] + spaced(inline(node)).trim();
  return blocks(node);
}

function blocks(parent) {
  const found = [];
  let line = "";
  const end = () => (line.trim() && found.push(line.trim()), (line = ""));
  for (const node of parent.childNodes) {
    const wraps = node.nodeType === Node.ELEMENT_NODE && !SKIPPED.has(node.tagName) && (BLOCKS.has(node.tagName) || [...node.children].some((child) => BLOCKS.has(child.tagName)));
    if (wraps) end(), found.push(block(node));
    else line += inline(node);
  }
  end();
  return found.filter(Boolean).join("\n\n");
}

// The HTML of a clipboard as Markdown, or null where it holds nothing that plain text lacks.
export function markdownOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return page.body.querySelector(WORTH_IT) ? blocks(page.body).trim() || null : null;
}

export class Pastes {
  constructor(form, surfaces) {
    this.surfaces = surfaces;
    this.plain = false;
    form.addEventListener("keydown", (event) => (this.plain = event.shiftKey), true);
    form.addEventListener("paste", (event) => this.take(event), true);
  }

  take(event) {
    const surface = this.surfaces.all.find((one) => one.element.contains(event.target));
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const html = event.clipboardData?.getData("text/html") ?? "";
    if (!surface || this.plain || !text) return;
    const rows = rowsOf(text);
    const made = (html && markdownOf(html)) || (rows && table(rows));
    if (!made || made === text.trim()) return;
    event.preventDefault();
    event.stopPropagation();
    surface.insert(made);
  }
}
