// Builds elements. Text enters the page as text nodes only and links keep http(s) only,
// so nothing that a model or a web page wrote can become markup, script or a request.

const VERDICT = {
  supported: { symbol: "", words: "Supported" },
  partly: { symbol: "◐", words: "Partly supported" },
  unsupported: { symbol: "✖", words: "Not supported" },
  contradicted: { symbol: "⇄", words: "Contradicted" },
  "not checkable": { symbol: "○", words: "Not checkable" },
};
const WEAK = new Set(["partly", "unsupported", "contradicted"]);

function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function fill(node, ...children) {
  node.replaceChildren();
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== ""));
}

// Citation numbers and the verdict's symbol, held to the last word by a word joiner.
function cited(numbers, seen) {
  if (!numbers.length && !seen.symbol) return null;
  return el("span", { class: "tail" }, "\u2060",
    numbers.length ? el("sup", {}, numbers.map((n) => `[${n}]`).join("")) : null,
    seen.symbol ? el("span", { class: "mark", "aria-hidden": "true" }, seen.symbol) : null);
}

function link(url, text) {
  let parsed = null;
  try { parsed = new URL(url); } catch { return el("span", {}, text); }
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") return el("span", {}, text);
  return el("a", { href: parsed.href, target: "_blank", rel: "noopener noreferrer nofollow" }, text);
}

function many(count, one, more) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : more || one + "s"}`;
}

function look(sentence) {
  if (sentence.kind === "transition") return { cls: "plain", symbol: "", words: "Leads over; states nothing to check" };
  if (sentence.kind === "note") return { cls: "note", symbol: "", words: "Galley's own note; outside the gate" };
  const verdict = VERDICT[sentence.label];
  if (!verdict) return { cls: "unjudged", symbol: "", words: "Not judged yet" };
  return { cls: sentence.label.replace(" ", "-"), ...verdict };
}

function paragraphs(sentences) {
  const groups = [];
  let last = null;
  for (const sentence of sentences) {
    if (!groups.length || sentence.paragraph !== last) groups.push([]);
    groups[groups.length - 1].push(sentence);
    last = sentence.paragraph;
  }
  return groups;
}
