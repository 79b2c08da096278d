"""What the scripted model says: plausible answers to Galley's tasks, the same every time.

It knows a task by the title of the JSON schema it is asked to keep to, and prose by the
absence of one. It writes from evidence lines `[3] text` in the prompt, so that its
sentences can be judged against their passages like those of a real model.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from core.continuing import GO_ON, NOTHING_MORE

Messages = list[dict[str, str]]

_EVIDENCE = re.compile(r"^[ \t>*-]*\[(\d+)\][ \t:]*(.*?)(?=^[ \t>*-]*\[\d+\]|^\s*$|\Z)", re.MULTILINE | re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[A-Z0-9\"'(])")
_NUMBERED = re.compile(r"^\s*\[?(\d+)[\].):]\s+(\S.*)$", re.MULTILINE)
_WORD = re.compile(r"\w+")

# Words for words: a light paraphrase that leaves names, numbers and negations alone.
_OTHER_WORDS = {
    "however": "yet", "about": "roughly", "shows": "indicates", "show": "indicate", "use": "employ",
    "many": "a number of", "important": "significant", "because": "since", "large": "big", "often": "frequently",
    "also": "in addition", "begin": "start", "began": "started", "help": "aid", "helps": "aids", "while": "whereas",
    "found": "observed", "main": "chief", "usually": "as a rule", "get": "obtain", "need": "require",
    "whole": "entire", "almost": "nearly", "quickly": "rapidly", "people": "persons",
}  # fmt: skip
_PLAINER = {"utilize": "use", "utilise": "use", "very ": "", "really ": "", "in order to": "to", "a number of": "many"}

_ANGLES = (
    ("What it is", "What is {topic}?", "{topic} overview"),
    ("How it works", "How does {topic} work?", "{topic} how it works"),
    ("What the evidence says", "What evidence is there on {topic}?", "{topic} evidence study"),
    ("Limits and risks", "What are the limits and risks of {topic}?", "{topic} limits risks"),
    ("Costs and outlook", "What does {topic} cost and where is it going?", "{topic} cost outlook"),
)


def plausible(messages: Messages, response_format: dict[str, Any] | None) -> str:
    """The default `answer` of `ScriptedModel`."""
    schema = wanted_schema(messages, response_format)
    if schema is None:
        return prose(messages)
    writers: dict[str, Callable[[str], Any]] = {
        "PlanAnswer": plan,
        "QueriesAnswer": queries,
        "JudgeAnswer": judge,
        "EditAnswer": edit,
    }
    user = _user(messages)
    writer = writers.get(schema.get("title", ""))
    return json.dumps(writer(user) if writer else smallest(schema, schema), ensure_ascii=False)


def wanted_schema(messages: Messages, response_format: dict[str, Any] | None) -> dict[str, Any] | None:
    """The JSON schema asked for: in `response_format`, else in the words of the prompt; None for prose."""
    given = response_format or {}
    schema = given.get("json_schema", {}).get("schema") or given.get("schema")
    if schema:
        return {"title": given.get("json_schema", {}).get("name", ""), **schema}
    for message in reversed(messages):
        for start in (m.start() for m in re.finditer(r'\{"', message["content"])):
            value = _json_at(message["content"], start)
            if isinstance(value, dict) and "properties" in value and "title" in value:
                return value
    return None


# --- structured ---------------------------------------------------------------


def plan(user: str) -> dict[str, Any]:
    topic = _topic(user)
    questions = [
        {"section": section, "question": question.format(topic=topic), "queries": [query.format(topic=topic)]}
        for section, question, query in _ANGLES
    ]
    return {
        "title": topic[:1].upper() + topic[1:88],
        "questions": questions,
        "why": "From what it is to what it costs.",
    }


def queries(user: str) -> dict[str, Any]:
    topic = _topic(user)
    return {"queries": [f"{topic} data", f"{topic} report"]}


def judge(user: str) -> dict[str, Any]:
    """Each claim by the overlap of its words with the best sentence of its first passage."""
    given = _json_with(user, "claims") or {"claims": []}
    judged = []
    for claim in given["claims"]:
        quotes, overlap = [], 0.0
        for number, text in claim.get("passages", [])[:1]:
            best = max(_sentences(text), key=lambda sentence: _overlap(claim["text"], sentence), default="")
            overlap = _overlap(claim["text"], best)
            if best:
                quotes = [{"passage": number, "text": best}]
        numbers_there = not claim.get("passages") or _numbers(claim["text"]) <= _numbers(claim["passages"][0][1])
        supported = overlap >= 0.5 and numbers_there
        judged.append(
            {
                "claim": claim["number"],
                "quotes": quotes if supported else [],
                "missing": [] if supported else ["The passage does not say so."],
                "conflict": [],
                "verdict": "supported" if supported else "no_evidence",
                "confidence": round(100 * max(overlap, 1 - overlap)),
            }
        )
    return {"claims": judged}


def edit(user: str) -> dict[str, Any]:
    """At most two notes, where a sentence has a word that could be plainer."""
    notes = []
    for number, sentence in _numbered(user):
        for wordy, plain in _PLAINER.items():
            if wordy in sentence and len(notes) < 2:
                text = re.sub(r"\s*\[\d+\]", "", sentence.replace(wordy, plain)).strip()
                notes.append({"sentence": number, "kind": "style", "text": text, "why": "Plainer."})
                break
    return {"notes": notes}


def smallest(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """A value that fits a schema nobody wrote an answer for."""
    if "$ref" in schema:
        return smallest(root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], root)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return smallest(schema["anyOf"][0], root)
    kind = schema.get("type")
    if kind == "object":
        return {name: smallest(field, root) for name, field in schema.get("properties", {}).items()}
    if kind == "array":
        return [smallest(schema.get("items", {}), root)] * schema.get("minItems", 0)
    if kind in ("integer", "number"):
        return schema.get("minimum", 0)
    return {"boolean": False, "null": None}.get(kind or "", "text")


# --- prose ---------------------------------------------------------------


def prose(messages: Messages) -> str:
    """Sentences from the evidence, one a line, each with its marker, in about the words asked for.

    Of a text whose beginning is said to be written, only the rest.
    """
    user = _user(messages)
    asked, _, written = user.partition(GO_ON.partition("{lines}")[0])
    if written:
        lines = written.split("\nWRITTEN>>>")[0]
        whole = prose([{**message, "content": asked} if message["role"] == "user" else message for message in messages])
        return whole.removeprefix(lines).lstrip() or NOTHING_MORE
    everything = "\n".join(message["content"] for message in messages)
    evidence = [(int(n), _sentences(" ".join(text.split()))) for n, text in _EVIDENCE.findall(user)]
    single = re.search(r"\bCUT\b", everything) is not None  # a rewrite: one sentence, or the word CUT
    words = 1 if single else _asked_words(everything)
    lines: list[str] = []
    written = 0
    for place in range(max((len(sentences) for _, sentences in evidence), default=0)):
        for number, sentences in evidence:  # in turn, so that several sources speak
            if place < len(sentences) and written < words:
                lines.append(f"{reworded(sentences[place])} [{number}].")
                written += len(sentences[place].split())
    if single:
        return lines[0] if lines else "CUT"
    paragraphs = ["\n".join(lines[at : at + 4]) for at in range(0, len(lines), 4)]
    return "\n\n".join(paragraphs) or "Nothing is known about this."


def reworded(sentence: str) -> str:
    """The sentence with up to three words changed, without its full stop."""
    changed = 0

    def other(match: re.Match[str]) -> str:
        nonlocal changed
        word = match.group()
        if word in _OTHER_WORDS and changed < 3:
            changed += 1
            return _OTHER_WORDS[word]
        return word

    return re.sub(r"[a-z]+", other, sentence).rstrip(" .!?")


def _asked_words(text: str) -> int:
    asked = re.search(r"(\d{2,4})\s+words|words\W{0,4}(\d{2,4})", text, re.IGNORECASE)
    return int(asked.group(1) or asked.group(2)) if asked else 150


def _sentences(text: str) -> list[str]:
    """Sentences of 5 to 60 words; the rest is headings and tables."""
    return [s.strip() for s in _SENTENCE.split(text) if 5 <= len(s.split()) <= 60 and not s.strip().endswith("?")]


# --- reading the prompt ---------------------------------------------------------------


def _user(messages: Messages) -> str:
    return next((m["content"] for m in messages if m["role"] == "user"), "")


def _topic(user: str) -> str:
    """The value of a line `Topic: ...` (any letter case, markup around it), else the first line."""
    named = re.search(r"topic\W{1,6}(.+)", user, re.IGNORECASE)
    line = named.group(1) if named else next((line for line in user.splitlines() if line.strip()), "the topic")
    return line.strip(" \t\"'`*.<>?,}")[:120] or "the topic"


def _numbered(user: str) -> list[tuple[int, str]]:
    given = _json_with(user, "sentences")
    if given:
        rows = given["sentences"]
        return [(r["number"], r["text"]) if isinstance(r, dict) else (i, str(r)) for i, r in enumerate(rows)]
    return [(int(n), text.strip()) for n, text in _NUMBERED.findall(user)]


def _json_with(text: str, key: str) -> dict[str, Any] | None:
    """The first JSON object in a text that has `key` as a list."""
    for match in re.finditer(r"\{\s*\"", text):
        value = _json_at(text, match.start())
        if isinstance(value, dict) and isinstance(value.get(key), list):
            return value
    return None


def _json_at(text: str, start: int) -> Any:
    try:
        return json.JSONDecoder().raw_decode(text, start)[0]
    except json.JSONDecodeError:
        return None


def _overlap(claim: str, sentence: str) -> float:
    wanted = {w.lower() for w in _WORD.findall(claim) if len(w) > 3}
    return len(wanted & {w.lower() for w in _WORD.findall(sentence)}) / len(wanted) if wanted else 0.0


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:[.,]\d+)*", re.sub(r"\[\d+\]", "", text)))
