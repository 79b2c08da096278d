// An article whose sentences carry their verdicts and open onto the passage they rest on.
// Everything is in `data`, so pinning a sentence needs no answer from the server.

const VIEWS = new WeakMap();
const NARROW_PX = 860, HIDE_AFTER_MS = 160, CARD_QUOTE = 260;
const JUDGES = { alignment: "word and figure alignment", person: "a person" };

function isWeak(s) { return s.kind === "claim" && (WEAK.has(s.label) || s.doubtful); }

function sentenceNode(view, s) {
  const seen = look(s);
  const node = el("span", {
    class: `s ${seen.cls}${isWeak(s) ? " is-weak" : ""}`, role: "button", tabindex: 0, "aria-expanded": "false", "data-id": s.id,
    onclick: () => pin(view, s.id), onfocus: () => card(view, s, node), onblur: () => hideSoon(view),
    onmouseenter: () => card(view, s, node), onmouseleave: () => hideSoon(view),
    onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pin(view, s.id, true); } },
  }, s.text, cited(s.cites.map((c) => c.n), seen), el("span", { class: "unseen" }, ` (${seen.words})`));
  view.nodes.set(s.id, node);
  return node;
}

function build(view) {
  const { data } = view;
  view.nodes = new Map();
  view.byId = new Map();
  for (const section of data.sections) for (const s of section.sentences) view.byId.set(s.id, s);
  const article = el("article", { "aria-label": data.title });
  for (const section of data.sections) {
    if (section.heading) article.append(el("h2", {}, section.heading));
    for (const group of paragraphs(section.sentences)) article.append(el("p", {}, group.map((s) => [sentenceNode(view, s), " "])));
  }
  view.article = article;
  view.aside = el("aside", { "aria-label": "The passage behind the sentence", "aria-live": "polite" });
  const only = el("input", { type: "checkbox", onchange: (event) => article.classList.toggle("weak", event.target.checked) });
  const top = el("div", { class: "top" },
    Object.entries(VERDICT).filter(([label]) => data.counts[label]).map(([label, word]) => el("span", { class: "count" },
      el("span", { class: `s ${label.replace(" ", "-")}` }, word.symbol || "abc"), `${data.counts[label]} ${label}`)),
    data.counts.unjudged ? el("span", { class: "count" }, `${data.counts.unjudged} not judged yet`) : null,
    el("label", {}, only, "Only weak sentences"),
    el("span", { class: "keys" }, el("kbd", {}, "J"), " ", el("kbd", {}, "K"), " weak sentences  ", el("kbd", {}, "Enter"), " pin  ", el("kbd", {}, "Esc"), " close"));
  view.root.replaceChildren(top, el("div", { class: "grid" }, article, view.aside));
  view.shown = null;
  panel(view, null);
}

function hide(view) { clearTimeout(view.hiding); if (view.card) { view.card.remove(); view.card = null; } }
function hideSoon(view) { clearTimeout(view.hiding); view.hiding = setTimeout(() => hide(view), HIDE_AFTER_MS); }

// The score is how likely the passage carries the sentence: beside "partly" or "not" a number would read as praise.
function verdict(seen, s) {
  const sure = s.label === "supported" && s.score !== null ? ` · ${Math.round(100 * s.score)} %` : "";
  return `${seen.symbol ? `${seen.symbol} ` : ""}${seen.words}${sure}`;
}

function card(view, s, node) {
  clearTimeout(view.hiding);
  hide(view);
  if (s.id === view.shown) return;
  const seen = look(s), p = s.kind === "claim" ? view.data.passages[s.passage ?? (s.cites[0] || {}).p] : null;
  const quote = p ? quoted(p, s).quote : "";
  // role=tooltip content is spoken with the sentence; it can be hovered itself (WCAG 1.4.13)
  view.card = el("div", { class: "card", role: "tooltip", onmouseenter: () => clearTimeout(view.hiding), onmouseleave: () => hideSoon(view) },
    el("b", {}, verdict(seen, s)),
    quote ? el("p", {}, el("mark", {}, quote.length > CARD_QUOTE ? quote.slice(0, CARD_QUOTE) + "…" : quote)) : null,
    p ? el("div", { class: "quiet" }, p.title) : null,
    s.reason ? el("div", { class: "quiet" }, s.reason) : null);
  view.root.append(view.card);
  const box = view.root.getBoundingClientRect(), at = node.getClientRects()[node.getClientRects().length - 1];
  const left = Math.max(0, Math.min(at.left - box.left, box.width - view.card.offsetWidth));
  const below = at.bottom - box.top + 2;
  const above = node.getClientRects()[0].top - box.top - view.card.offsetHeight - 2;
  const fits = at.bottom + view.card.offsetHeight + 8 < window.innerHeight;
  view.card.style.left = `${left}px`;
  view.card.style.top = `${fits || above + box.top < 60 ? below : above}px`;
}

function quoted(p, s) {
  const own = s.quote && s.passage === p.id ? s.quote : null;
  const start = own ? Math.max(0, own[0] - p.from) : p.start - p.from;
  const end = own ? own[1] - p.from : p.end - p.from;
  const letters = Array.from(p.text); // offsets count characters; a string here counts UTF-16 units
  const piece = (from, to) => letters.slice(from, to).join("");
  return { before: piece(0, start), quote: piece(start, end), after: piece(end) };
}

function ordinal(rank) {
  const teen = rank % 100 > 10 && rank % 100 < 14;
  return rank + (teen ? "th" : { 1: "st", 2: "nd", 3: "rd" }[rank % 10] || "th");
}

function passageBlock(view, s, p, number) {
  const q = quoted(p, s);
  const mark = el("mark", {}, q.quote);
  const block = el("blockquote", { tabindex: 0, "aria-label": "Passage in its snapshot" },
    q.before ? el("span", { class: "around" }, p.cutBefore ? "… " : "", q.before) : null, mark,
    q.after ? el("span", { class: "around" }, q.after, p.cutAfter ? " …" : "") : null);
  requestAnimationFrame(() => { block.scrollTop = Math.max(0, mark.offsetTop - block.offsetTop - 60); });
  return [block,
    el("div", { class: "source" }, el("span", { class: "n" }, number ? `[${number}] ` : ""), link(p.url, p.title)),
    el("div", { class: "quiet" }, [p.site, p.author, p.published, p.page ? `page ${p.page}` : "", p.heading].filter(Boolean).join(" · ")),
    el("div", { class: "quiet" }, `Held since ${p.fetched} · SHA-256 ${p.hash.slice(0, 12)}…`),
    p.flags.map((flag) => el("div", { class: "doubt" }, `⚑ ${flag}`))];
}

function panel(view, s, chosen) {
  const { aside, data } = view;
  if (!s) {
    fill(aside, el("p", { class: "hint" }, "Select a sentence to see the exact passage it rests on, what the judge said, and why it is here."));
    return;
  }
  const seen = look(s);
  const first = chosen ?? s.passage ?? (s.cites[0] || {}).p;
  const p = data.passages[first];
  const number = (s.cites.find((c) => c.p === first) || {}).n;
  const inspect = new URL("inspect", document.baseURI);
  inspect.search = new URLSearchParams({ run: data.run, sentence: s.id }).toString();
  fill(aside,
    el("div", { class: "head" },
      el("h3", {}, verdict(seen, s)),
      el("button", { class: "close", type: "button", "aria-label": "Close", onclick: () => unpin(view) }, "×")),
    el("p", { class: "reason" }, s.reason || (s.kind === "claim" ? "" : "It states nothing that a passage could support."),
      s.judge ? el("span", { class: "quiet" }, ` Judged by ${JUDGES[s.judge] || s.judge.replace("model:", "")}.`) : null,
      s.doubtful ? el("span", { class: "doubt" }, " Near the threshold: please look yourself.") : null),
    s.cause ? el("p", { class: "reason" }, el("b", {}, `Why it failed: ${s.cause.cause}`), ` (${s.cause.failure}). ${s.cause.reason}`) : null,
    p ? passageBlock(view, s, p, number) : s.kind === "claim" ? el("p", { class: "hint" }, "It cites no passage.") : null,
    s.cites.length > 1 ? el("div", { class: "others" }, el("span", { class: "quiet" }, "Cites"), s.cites.map((c) => el("button", {
      class: "small", type: "button", "aria-pressed": c.p === first, onclick: () => panel(view, s, c.p) }, `[${c.n}] ${(data.passages[c.p] || { title: "" }).title.slice(0, 34)}`))) : null,
    s.conflicts.map((c) => el("div", { class: "clash" }, el("b", {}, c.kind === "outdated" ? "An older source differs" : "Sources disagree"), ` about ${c.subject}: “${c.first}” against “${c.second}”.`)),
    p ? el("details", { open: true }, el("summary", {}, "Why is this here"),
      el("dl", {}, (p.why || []).flatMap((w) => [
        el("dt", {}, "Question"), el("dd", {}, w.question),
        w.queries.length ? [el("dt", {}, "Queries"), el("dd", {}, w.queries.join(" · "))] : [],
        el("dt", {}, "Ranks"), el("dd", {}, w.ranks.map((r) => `${r.name} ${ordinal(r.rank)} (${r.score})`).join(" · ") || "none")]),
        el("dt", {}, "Written by"), el("dd", {}, data.writer))) : null,
    el("div", { class: "actions" },
      data.editable ? el("button", { class: "small", type: "button", onclick: () => change(view, s) }, "Change this sentence") : null,
      el("a", { href: inspect.href }, "Inspect")));
}

function change(view, s) {
  const box = el("textarea", { "aria-label": "The sentence" });
  box.value = s.text;
  const save = () => { const text = box.value.trim().replace(/\s+/g, " "); if (text && text !== s.text) view.tell("change", { id: s.id, text }); else panel(view, s); };
  box.onkeydown = (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save(); event.stopPropagation(); if (event.key === "Escape") panel(view, s); };
  fill(view.aside, el("h3", {}, "Change this sentence"), el("p", { class: "quiet" }, "Its citations stay. It is judged again, alone, and becomes a new version."), box,
    el("div", { class: "actions" }, el("button", { class: "small go", type: "button", onclick: save }, "Save and judge again"),
      el("button", { class: "small", type: "button", onclick: () => panel(view, s) }, "Cancel")));
  box.focus();
}

function pin(view, id, byKey) {
  if (view.shown === id) { unpin(view); return; }
  mark(view, id);
  const s = view.byId.get(id), node = view.nodes.get(id);
  hide(view);
  const narrow = view.root.clientWidth <= NARROW_PX;
  if (narrow) node.closest("p").after(view.aside); else view.root.querySelector(".grid").append(view.aside);
  panel(view, s);
  view.set("pinned", id);
}

function mark(view, id) {
  const old = view.nodes.get(view.shown);
  if (old) { old.classList.remove("pinned"); old.setAttribute("aria-expanded", "false"); }
  view.shown = id;
  const node = view.nodes.get(id);
  if (node) { node.classList.add("pinned"); node.setAttribute("aria-expanded", "true"); }
}

function unpin(view) {
  const node = view.nodes.get(view.shown);
  mark(view, null);
  view.root.querySelector(".grid").append(view.aside);
  panel(view, null);
  hide(view);
  view.set("pinned", null);
  if (node) { node.focus({ preventScroll: true }); hide(view); }
}

function step(view, turn) {
  const weak = [...view.byId.values()].filter(isWeak).map((s) => s.id);
  if (!weak.length) return;
  const active = view.root.getRootNode().activeElement;
  const here = Number(active && active.dataset && active.dataset.id) || view.shown;
  const order = [...view.byId.keys()];
  const at = order.indexOf(here);
  const ahead = turn > 0 ? weak.find((id) => order.indexOf(id) > at) : [...weak].reverse().find((id) => at !== -1 && order.indexOf(id) < at);
  const next = view.nodes.get(ahead ?? (turn > 0 ? weak[0] : weak[weak.length - 1]));
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function typing(event) {
  const target = event.composedPath()[0];
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && target.type !== "checkbox";
}

export default function (component) {
  const { data, parentElement, setTriggerValue, setStateValue } = component;
  let view = VIEWS.get(parentElement);
  if (!view) {
    view = { root: parentElement.querySelector(".root"), stamp: null };
    view.keys = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event) || !view.root.isConnected || !view.root.offsetParent) return;
      const turn = { j: 1, k: -1 }[event.key.toLowerCase()];
      if (turn) { event.preventDefault(); step(view, turn); }
      else if (event.key === "Escape") { if (view.card) hide(view); else if (view.shown !== null) unpin(view); }
    };
    document.addEventListener("keydown", view.keys);
    view.stop = () => { document.removeEventListener("keydown", view.keys); clearTimeout(view.hiding); VIEWS.delete(parentElement); };
    VIEWS.set(parentElement, view);
  }
  view.tell = setTriggerValue;
  view.set = setStateValue;
  if (view.stamp !== data.stamp) { // the same draft with the same verdicts is left as it is: scroll, focus and pin stay
    view.stamp = data.stamp;
    view.data = data;
    build(view);
    if (data.pinned && view.byId.has(data.pinned)) {
      mark(view, data.pinned);
      const node = view.nodes.get(data.pinned);
      if (view.root.clientWidth <= NARROW_PX && view.root.clientWidth) node.closest("p").after(view.aside);
      panel(view, view.byId.get(data.pinned));
      requestAnimationFrame(() => node.scrollIntoView({ block: "center" }));
    }
  }
  return view.stop;
}
