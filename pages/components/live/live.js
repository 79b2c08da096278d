// The live view of one run: folds the event feed into a timeline, a growing draft and lists.
// One socket, reconnecting from the last number seen; when it cannot be opened at all, the
// page is told to poll and hands the same frames down as data.

const SEEN = new WeakMap();
const FIRST_WAIT_MS = 300, LONGEST_WAIT_MS = 8000, TRIES_BEFORE_POLLING = 4;

function fresh(data) {
  return {
    run: data.run, last: data.compact ? data.seq : 0, told: null, tries: 0, socket: null, timer: 0, closed: false,
    tab: "draft", dirty: new Set(["steps", "draft", "lists"]), painted: 0, frame: null,
    steps: new Map(data.steps.map(([key, label]) => [key, { key, label, state: "pending", seconds: 0, open: new Map(), since: 0, doing: "" }])),
    queries: 0, hits: 0, sources: new Map(), questions: new Map(), scores: [], rounds: [], calls: 0,
    conflicts: [], outdated: [], duplicates: [], flagged: new Map(), down: [], reused: 0,
    notices: new Map(), sections: new Map(), stale: false, draft: null, labels: new Map(), notes: 0, news: 0,
  };
}

const FOLD = {
  step_started: (m, e) => {
    const step = m.steps.get(e.step);
    if (!step) return;
    for (const other of m.steps.values()) { if (other === step) break; if (other.state === "pending") other.state = "skipped"; }
    if (!step.open.size) step.since = Date.parse(e.at);
    step.open.set(e.data.key ?? e.step, { label: e.data.label || "", doing: "" });
    step.state = "active";
  },
  step_redone: (m, e) => { const s = m.steps.get(e.step); if (s) s.doing = "started over after an interruption"; },
  step_finished: (m, e) => {
    const step = m.steps.get(e.step);
    if (!step) return;
    step.open.delete(e.data.key ?? e.step);
    if (!step.open.size) { step.state = "done"; step.doing = ""; step.seconds += (Date.parse(e.at) - step.since) / 1000; }
  },
  waiting: rest, paused: rest, cancelled: rest, failed: rest,
  planned: (m, e) => { m.planned = e.data.questions; },
  searching: (m, e) => {
    m.queries += (e.data.queries || []).length;
    m.questions.set(e.data.question_id, { section: e.data.section, used: null, out: 0, note: "", enough: true });
    doing(m, e.data.question_id, "searching");
  },
  found: (m, e) => { m.hits += e.data.hits || 0; },
  engine_down: (m, e) => { m.down.push(`${e.data.engine}: ${e.data.message} ${e.data.remedy || ""}`); },
  reading: (m, e) => { doing(m, e.data.question_id, `reading “${e.data.title || e.data.url}”`); },
  read: (m, e) => { doing(m, e.data.question_id, `read “${e.data.title}”`); m.sources.set(e.data.source_id ?? e.data.url, { title: e.data.title, url: e.data.url, state: "read", words: e.data.words, passages: e.data.passages }); },
  skipped: (m, e) => { m.sources.set("x" + e.data.url, { title: e.data.title || e.data.url, url: e.data.url, state: "skipped", why: e.data.reason }); },
  duplicate: (m, e) => {
    m.sources.set("d" + e.data.source_id, { title: e.data.title, url: "", state: "duplicate", why: `repeats “${e.data.of_title}”` });
    m.duplicates.push(`“${e.data.title}” repeats “${e.data.of_title}”; counted once`);
  },
  flagged: (m, e) => {
    const notes = m.flagged.get(e.data.source_id) || { title: e.data.title, notes: new Set() };
    notes.notes.add(e.data.note);
    m.flagged.set(e.data.source_id, notes);
  },
  assembled: (m, e) => {
    m.questions.set(e.data.question_id, { section: e.data.section, used: e.data.used, out: e.data.left_out, note: e.data.note, enough: e.data.sufficient });
    doing(m, e.data.question_id, `${many(e.data.used, "passage")} chosen`);
  },
  conflict: (m, e) => {
    const say = (side) => (side && side.quote ? `“${side.quote}”${side.title ? ` (${side.title})` : ""}` : "");
    const text = `${e.data.subject}: ${say(e.data.first)} against ${say(e.data.second)}`;
    (e.data.kind === "outdated" ? m.outdated : m.conflicts).push(text);
  },
  text: (m, e) => {
    if (m.stale) { m.sections.clear(); m.stale = false; m.draft = null; } // a new version is being written
    const section = m.sections.get(e.data.section) || { heading: "", text: "", sentences: null };
    section.text = (e.data.restart ? "" : section.text) + e.data.text; section.heading = e.data.heading ?? section.heading;
    m.sections.set(e.data.section, section);
  },
  written: (m, e) => {
    const section = m.sections.get(e.data.section) || { heading: "", text: "" };
    section.heading = e.data.heading ?? section.heading;
    section.sentences = (e.data.text || []).map(([id, paragraph, text, cites, kind]) => ({ id, paragraph, text, cites, kind }));
    m.sections.set(e.data.section, section);
    m.stale = false;
  },
  drafted: (m, e) => { m.stale = true; m.version = e.data.version; m.sentences = e.data.sentences; m.news = e.seq; },
  judged: (m, e) => {
    for (const [id, label] of e.data.verdicts || []) m.labels.set(id, label);
    const judge = m.steps.get("judge");
    if (judge.state === "pending") judge.state = "active";
  },
  scored: (m, e) => {
    m.scores.push({ version: m.version, card: e.data.scorecard, passed: e.data.passed, reasons: e.data.reasons || [] });
    m.steps.get("judge").state = "done";
    m.news = e.seq;
  },
  decided: (m, e) => { m.news = e.seq; },
  published: (m, e) => { m.news = e.seq; },
  publishing: (m, e) => { m.news = e.seq; },
  not_published: (m, e) => { m.news = e.seq; },
  diagnosed: (m, e) => { m.steps.get("revise").doing = `${many((e.data.causes || []).length, "failed sentence")} looked into`; },
  revised: (m, e) => { m.rounds.push(e.data); m.steps.get("revise").doing = ""; },
  noted: (m, e) => { m.notes += e.data.notes || 0; },
  fallback: notice, budget: notice,
  called: (m, e) => { m.calls += 1; if (e.data.replayed) m.reused += 1; },
};

function rest(m, e) {
  m.dirty.add("draft"); // nobody writes now
  const after = e.kind === "waiting" ? "done" : "pending"; // what was cut short is begun again
  for (const step of m.steps.values()) { step.open.clear(); step.doing = ""; if (step.state === "active") step.state = after; }
  m.news = e.seq;
}

// Another model went on, or the money nears its end: told in a line, with how often.
function notice(m, e) {
  const seen = m.notices.get(e.data.note);
  m.notices.set(e.data.note, { kind: e.kind, times: seen ? seen.times + 1 : 1 });
}

// What the researcher of one question does now.
function doing(m, question, text) {
  const work = m.steps.get("research").open.get(`research:${question}`);
  if (work) work.doing = text;
}

function apply(m, frame) {
  const tellsDraft = frame.events.some((e) => e.kind === "text" || e.kind === "written" || e.kind === "judged" || e.kind === "drafted");
  for (const event of frame.events) {
    if (event.seq <= m.last) continue;
    m.last = event.seq;
    if (FOLD[event.kind]) FOLD[event.kind](m, event);
  }
  if (frame.draft) {
    m.draft = frame.draft;
    for (const section of frame.draft.sections) for (const s of section.sentences) if (s.label && !m.labels.has(s.id)) m.labels.set(s.id, s.label);
  }
  m.frame = frame;
  if (tellsDraft || frame.draft) m.dirty.add("draft");
  if (frame.events.length) { m.dirty.add("steps"); m.dirty.add("lists"); }
}

function tally(m) {
  const count = { read: 0, skipped: 0, duplicate: 0 };
  for (const source of m.sources.values()) count[source.state] += 1;
  let passages = 0, out = 0;
  for (const q of m.questions.values()) { passages += q.used || 0; out += q.out || 0; }
  const verdicts = {};
  const ids = m.draft ? m.draft.sections.flatMap((s) => s.sentences.map((x) => x.id)) : [...m.labels.keys()];
  for (const id of ids) { const label = m.labels.get(id); if (label) verdicts[label] = (verdicts[label] || 0) + 1; }
  return { ...count, passages, out, verdicts };
}

function said(m, key, t) {
  const parts = [];
  if (key === "plan" && m.planned) parts.push(many(m.planned, "question"));
  if (key === "research") {
    if (m.queries) parts.push(many(m.queries, "query", "queries"), many(m.hits, "hit"));
    if (t.read) parts.push(`${many(t.read, "page")} read`);
    if (t.skipped) parts.push(`${t.skipped} skipped`);
    if (t.duplicate) parts.push(many(t.duplicate, "duplicate"));
    if (t.passages) parts.push(`${many(t.passages, "passage")} chosen`);
  }
  if (key === "write") {
    const done = [...m.sections.values()].filter((s) => s.sentences);
    if (done.length) parts.push(many(done.length, "section"));
    const written = done.reduce((sum, s) => sum + s.sentences.length, 0);
    if (m.sentences || written) parts.push(many(m.sentences || written, "sentence"));
  }
  if (key === "judge") {
    const v = t.verdicts;
    if (v.supported) parts.push(`${v.supported} supported`);
    if (v.partly) parts.push(`${v.partly} partly`);
    const not = (v.unsupported || 0) + (v.contradicted || 0);
    if (v.supported || not) parts.push(`${not} not`);
  }
  if (key === "revise" && m.rounds.length) {
    const r = m.rounds[m.rounds.length - 1];
    parts.push(many(m.rounds.length, "round"));
    const n = (x) => (Array.isArray(x) ? x.length : x || 0);
    if (n(r.rewritten)) parts.push(`${n(r.rewritten)} rewritten`);
    if (n(r.attributed)) parts.push(`${n(r.attributed)} attributed`);
    if (n(r.cut)) parts.push(`${n(r.cut)} cut`);
    if (r.kept === false) parts.push("earlier draft was better and is kept");
  }
  if (key === "edit" && m.notes) parts.push(many(m.notes, "note"));
  return parts.join(", ");
}

function seconds(s) { return s < 10 ? `${s.toFixed(1)} s` : s < 90 ? `${Math.round(s)} s` : `${Math.round(s / 60)} min`; }
// As `figures.money` says it: what has no price is never called nothing.
function money(usd, unpriced = 0) {
  if (unpriced && !usd) return "price unknown";
  if (0 < usd && usd < 0.00005) return "under $0.0001";
  return `${unpriced ? "at least " : ""}$${usd.toFixed(0 < usd && usd < 0.01 ? 4 : 2)}`;
}
function left(range) {
  if (!range) return "";
  const [low, high] = range;
  const word = (s) => (s < 90 ? `${Math.max(1, Math.round(s))} s` : `${Math.round(s / 60)} min`);
  return high <= Math.max(low * 1.5, low + 5) ? `about ${word((low + high) / 2)} left` : `${word(low)} to ${word(high)} left`;
}

function build(root, m, data) {
  const ui = { line: el("b"), feed: el("span", { class: "feed", role: "status" }), fill: el("i"), steps: new Map(), chips: new Map() };
  ui.bar = el("div", { class: "bar", role: "progressbar", "aria-label": "Progress", "aria-valuemin": 0, "aria-valuemax": 100 }, ui.fill);
  ui.say = el("p", { class: "unseen", "aria-live": "polite" });
  root.replaceChildren(el("div", { class: "line" }, ui.line, ui.feed), ui.bar, ui.say);
  root.hidden = data.compact === "quiet";
  if (data.compact) return ui;
  const list = el("ol", { class: "steps", "aria-label": "Steps" });
  for (const step of m.steps.values()) {
    const dot = el("span", { class: "dot", "aria-hidden": "true" }), took = el("span", { class: "took" });
    const state = el("span", { class: "unseen" }), what = el("div", { class: "what" }), now = el("div", { class: "now" });
    const row = el("li", {}, dot, el("span", { class: "name" }, step.label), state, took, what, now);
    list.append(row);
    ui.steps.set(step.key, { row, dot, took, state, what, now });
  }
  ui.chipbox = el("div", { class: "chips" });
  ui.notices = el("ul", { class: "notices", role: "status", "aria-label": "Models and money" });
  ui.tabs = {}; ui.panels = {};
  const bar = el("div", { class: "tabs", role: "tablist", "aria-label": "What has come of it so far" });
  const names = ["draft", "sources", "passages", "scores"];
  for (const name of names) {
    ui.tabs[name] = el("button", { type: "button", role: "tab", id: `t-${name}`, "aria-controls": `p-${name}`, onclick: () => choose(name) });
    ui.panels[name] = el("div", { role: "tabpanel", id: `p-${name}`, "aria-labelledby": `t-${name}`, class: name === "draft" ? "draft" : "scroll", tabindex: 0 });
    bar.append(ui.tabs[name]);
  }
  bar.onkeydown = (event) => {
    const turn = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!turn) return;
    choose(names[(names.indexOf(m.tab) + turn + names.length) % names.length]);
    ui.tabs[m.tab].focus();
  };
  function choose(name) {
    m.tab = name;
    for (const key of names) {
      ui.tabs[key].setAttribute("aria-selected", key === name);
      ui.tabs[key].tabIndex = key === name ? 0 : -1;
      ui.panels[key].hidden = key !== name;
    }
  }
  choose(m.tab);
  root.append(ui.notices, el("div", { class: "grid" },
    el("div", {}, list, ui.chipbox),
    el("div", {}, bar, Object.values(ui.panels))));
  return ui;
}

function chip(ui, key, label, lines) {
  if (!lines.length) return;
  let box = ui.chips.get(key);
  if (!box) {
    box = { title: el("summary"), list: el("ul") };
    ui.chipbox.append(el("details", {}, box.title, box.list));
    ui.chips.set(key, box);
  }
  box.title.textContent = label;
  box.list.replaceChildren(...lines.slice(-20).map((line) => el("li", {}, line)));
}

function paintHead(ui, m, data) {
  const f = m.frame, p = f.progress;
  const parts = [];
  const paused = f.status === "paused";
  if (f.status === "queued") parts.push("Waiting for the engine");
  else parts.push(paused ? "Paused" : `Step ${Math.min(p.steps, p.step_index + 1)} of ${p.steps}`);
  if (!paused && left(p.left_s)) parts.push(left(p.left_s));
  if (p.elapsed_s > 0) parts.push(`${seconds(p.elapsed_s)} so far`);
  parts.push(money(f.cost, f.unpriced) + (f.budget && f.tokens ? ` of ${money(f.budget)} (${Math.floor(100 * f.cost / f.budget)} %)` : ""));
  if (f.tokens) parts.push(`${f.tokens.toLocaleString("en")} tokens`);
  if (m.reused) parts.push(`${many(m.reused, "answer")} reused, free`);
  ui.line.textContent = parts.join(" · ");
  const percent = Math.round(100 * p.fraction);
  ui.fill.style.width = `${percent}%`;
  ui.bar.setAttribute("aria-valuenow", percent);
  if (!data.compact) document.title = `${paused ? "Paused" : percent + " %"} · ${data.title}`;
}

function paintSteps(ui, m) {
  const t = tally(m);
  for (const step of m.steps.values()) {
    const row = ui.steps.get(step.key);
    if (row.row.className !== step.state) {
      row.row.className = step.state;
      row.dot.textContent = { done: "✓", skipped: "–" }[step.state] || "";
      row.state.textContent = ` (${{ pending: "to come", active: "going on", done: "done", skipped: "not needed" }[step.state]})`;
      if (step.state === "active") { row.row.setAttribute("aria-current", "step"); ui.say.textContent = `${step.label} has begun`; }
      else row.row.removeAttribute("aria-current");
    }
    row.took.textContent = step.state === "skipped" ? "not needed" : step.seconds && step.state === "done" ? seconds(step.seconds) : "";
    row.what.textContent = said(m, step.key, t);
    const works = step.state === "active" ? [...step.open.values()].filter((work) => work.label) : [];
    row.now.replaceChildren(...works.map((work) => el("div", { class: "work" }, el("b", {}, work.label), work.doing ? ` ${work.doing}` : "")),
      ...(step.doing ? [el("div", { class: "work" }, step.doing)] : []));
  }
  ui.notices.hidden = !m.notices.size;
  ui.notices.replaceChildren(...[...m.notices].map(([note, seen]) =>
    el("li", { class: seen.kind }, note, seen.kind === "fallback" && seen.times > 1 ? ` (${seen.times} times)` : "")));
  chip(ui, "conflicts", `⇄ ${many(m.conflicts.length, "conflict")} found`, m.conflicts);
  chip(ui, "outdated", `◷ ${many(m.outdated.length, "outdated figure")}`, m.outdated);
  chip(ui, "duplicates", `≡ ${many(m.duplicates.length, "duplicate")} collapsed`, m.duplicates);
  chip(ui, "flagged", `⚑ ${many(m.flagged.size, "page")} flagged`, [...m.flagged.values()].map((f) => `${f.title}: ${[...f.notes].join("; ")}`));
  chip(ui, "down", `! ${many(m.down.length, "search engine")} silent`, m.down);
  ui.tabs.draft.textContent = m.draft && m.version > 1 ? `Draft so far (version ${m.version})` : "Draft so far";
  ui.tabs.sources.textContent = `Sources (${t.read})`;
  ui.tabs.passages.textContent = `Passages (${t.passages})`;
  ui.tabs.scores.textContent = "Scores";
}

function marked(m, s) {
  const seen = look({ ...s, label: m.labels.get(s.id) || null });
  return [el("span", { class: `s ${seen.cls}`, title: seen.words }, s.text, cited(s.cites, seen),
    el("span", { class: "unseen" }, ` (${seen.words})`)), " "];
}

function paintDraft(ui, m) {
  const nodes = [];
  const sections = m.draft ? m.draft.sections.map((section, place) => [place, section]) : [...m.sections].sort((a, b) => a[0] - b[0]);
  for (const [, section] of sections) {
    if (section.heading) nodes.push(el("h3", {}, section.heading));
    if (section.sentences) for (const group of paragraphs(section.sentences)) nodes.push(el("p", {}, group.map((s) => marked(m, s))));
    else nodes.push(el("p", { class: m.frame.status === "running" ? "writing" : "" }, section.text));
  }
  if (!nodes.length) nodes.push(el("p", { class: "empty" }, "Nothing is written yet. The first sentences come here once there is evidence to write from; each is marked as soon as the judge has compared it with its passage."));
  ui.panels.draft.replaceChildren(...nodes);
}

function table(heads, rows, empty) {
  if (!rows.length) return el("p", { class: "empty" }, empty);
  return el("table", {}, el("thead", {}, el("tr", {}, heads.map(([text, cls]) => el("th", { class: cls, scope: "col" }, text)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell, i) => el("td", { class: heads[i][1] }, cell ?? ""))))));
}

function paintLists(ui, m) {
  const state = { read: "read", skipped: "skipped", duplicate: "duplicate" };
  ui.panels.sources.replaceChildren(table([["Source"], ["What became of it"], ["Words", "n"], ["Passages", "n"]],
    [...m.sources.values()].reverse().map((s) => [link(s.url, s.title || s.url), s.why ? `${state[s.state]}: ${s.why}` : state[s.state], s.words ? s.words.toLocaleString("en") : "", s.passages ?? ""]),
    "No page has been read yet."));
  ui.panels.passages.replaceChildren(table([["Section"], ["Used", "n"], ["Left out", "n"], ["Enough?"]],
    [...m.questions.values()].map((q) => [q.section, q.used ?? "…", q.out, q.used === null ? "" : q.enough ? "yes" : q.note || "thin"]),
    "Passages are chosen once the pages are read."));
  const percent = (x) => (x === null || x === undefined ? "" : `${Math.round(100 * x)} %`);
  ui.panels.scores.replaceChildren(table([["Version"], ["Faithfulness", "n"], ["Supported", "n"], ["Partly", "n"], ["Not", "n"], ["Gate"]],
    m.scores.map((s) => [s.version ?? "", percent(s.card.faithfulness), s.card.supported, s.card.partly, (s.card.unsupported || 0) + (s.card.contradicted || 0), s.passed ? "passed" : s.reasons[0] || "not passed"]),
    "A draft is scored once every sentence of it is judged."));
}

function paint(view) {
  const { m, ui, data } = view;
  if (m.frame) paintHead(ui, m, data);
  else ui.line.textContent = "Opening the run";
  if (!data.compact) {
    if (m.dirty.has("steps")) paintSteps(ui, m);
    if (m.dirty.has("draft")) paintDraft(ui, m);
    if (m.dirty.has("lists")) paintLists(ui, m);
  }
  m.dirty.clear();
  if (!m.frame) return;
  // The page is drawn anew when the run's state changes; beside an article also when there is news of it.
  const now = data.compact ? `${m.frame.status} ${Math.max(m.news, data.seq)}` : m.frame.status;
  const drawn = data.compact ? `${data.status} ${data.seq}` : data.status;
  if (now !== drawn && m.told !== now) {
    m.told = now;
    view.tell("phase", now);
  }
}

function connect(view) {
  const { m, data } = view;
  if (m.closed || data.polling) return;
  const address = new URL(`api/runs/${encodeURIComponent(m.run)}/ws`, document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  address.search = new URLSearchParams({ after: m.last, token: data.token }).toString();
  const socket = new WebSocket(address);
  m.socket = socket;
  socket.onopen = () => { view.ui.feed.className = "feed"; view.ui.feed.textContent = ""; };
  socket.onmessage = (message) => {
    m.tries = 0;
    apply(m, JSON.parse(message.data));
    if (!m.queued) { m.queued = true; requestAnimationFrame(() => { m.queued = false; paint(view); }); }
    if (document.hidden) { m.queued = false; paint(view); } // a hidden tab gets no frames, its title still counts
  };
  socket.onclose = () => {
    if (m.closed || m.socket !== socket) return;
    m.tries += 1;
    view.ui.feed.className = "feed lost";
    view.ui.feed.textContent = "Connection lost, trying again. The engine works on.";
    if (!m.frame && m.tries >= TRIES_BEFORE_POLLING) { view.set("fallback", true); return; }
    m.timer = setTimeout(() => connect(view), Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** m.tries));
  };
}

export default function (component) {
  const { data, parentElement, setTriggerValue, setStateValue } = component;
  const root = parentElement.querySelector(".root");
  let view = SEEN.get(parentElement);
  if (view && view.m.run !== data.run) { view.stop(); view = null; }
  if (!view) {
    const m = fresh(data);
    view = { m, data };
    view.stop = () => { m.closed = true; clearTimeout(m.timer); if (m.socket) m.socket.close(); SEEN.delete(parentElement); };
    view.ui = build(root, m, data);
    SEEN.set(parentElement, view);
    view.data = data;
    connect(view);
  }
  if (view.data.status !== data.status || view.data.seq !== data.seq) view.m.told = null;
  view.data = data;
  root.hidden = data.compact === "quiet";
  view.tell = setTriggerValue;
  view.set = setStateValue;
  if (data.frame) apply(view.m, data.frame);
  if (data.polling) { view.ui.feed.className = "feed"; view.ui.feed.textContent = "Looking every second (no live connection)"; }
  paint(view);
  return view.stop;
}
