"""What it holds for: a condition, an exception, a case or a study that the passage names and the claim leaves out.

Such a claim has the passage's words and says more than the passage. Words cannot tell whether what was left out
matters, so the verdict is "partly", doubtful, and quotes what is gone. Which forms are worth a rule was decided by
labelled claims (benchmarks/judge.md, rules): people let a step of instructions stand without its "if", and an event
without its "when"; so those are left alone.
"""

import re
from collections.abc import Iterator

from core.judging import words
from core.judging.clauses import alike, content, opening_names, read
from core.judging.features import Read, share
from core.judging.finding import Finding, partly

_WITHIN, _NEAR, _LEFT, _FEWEST_STEMS = 0.85, 0.5, 0.4, 3
_LEAD = r"\W*(?:(?:however|but|and|so|also|in short|in general|thus|therefore|note that)\b,?\s+)?"
_STUDY = r"(?:study|trial|pilot|survey|experiment)"
_FRONTED = {
    "a condition lost": r"(?:if|unless|provided(?: that)?|as long as|assuming)\b[^;]*?,",
    "a case lost": r"(?:when|whenever|by default|in (?:some|many|certain|rare|other|few) [a-z]+s)\b[^;]*?,",
    "a study lost": rf"in (?:a|an|one|the|this|that|our)(?: [\w-]+){{0,4}}? {_STUDY}(?: (?:in|of|with) [\w -]+?,|,?)",
}
"""Before what holds, with the comma behind them."""
_TRAILING = {
    "a condition lost": r"(?:but )?(?:only )?(?:if|unless|provided that|as long as|on condition that)\b",
    "an exception lost": r"(?:except(?: (?:for|in|on|when))?|but not)\b",
    "a case lost": r"(?:(?:but )?only (?:when|where|after|until|for|in|on|with|at|by|to|from|as)|when [a-z]+ing"
    r"|by default)\b",
    "as of a date": r"as of (?:[A-Z][a-z]+ )?(?:\d\d?, )?\d{4}",
}
"""Behind it, to the end of the sentence."""
_SCOPES = [
    (name, re.compile(rf"^{_LEAD}(?P<scope>{pattern})\s+(?P<main>.+)$", re.IGNORECASE | re.DOTALL))
    for name, pattern in _FRONTED.items()
] + [
    (name, re.compile(rf"^(?P<main>.{{12,}}?),?\s+(?P<scope>{pattern}[^,;]*?)[.;]?$", re.IGNORECASE | re.DOTALL))
    for name, pattern in _TRAILING.items()
]
_KEEPS = {
    "a study lost": words.listed("study studies trial trials pilot pilots survey surveys experiment experiments"),
    "an exception lost": words.listed("except but not excluding apart other save besides"),
    "as of a date": words.listed("as"),
}
_CONDITIONAL = words.listed(
    """if unless provided when whenever where whether may might could would condition depending once until without
    except only default sometimes some certain"""
)
_PAST = re.compile(r"\b(?:was|were|had|did|[a-z]+ed)\b")
_INSTRUCTION = re.compile(
    r"\W*(?:\w+, )?(?P<verb>[a-z]+) (?:a|an|the|this|that|your|each|all|some|it|them|any)\b", re.IGNORECASE
)
_YOU = re.compile(r"\byour?\b", re.IGNORECASE)


_SUCH = re.compile(
    r"^(?:in (?:that|this|such an?|these|those|such) (?:case|cases|event)|then|if so|otherwise)\b,?\s+", re.I
)
_CASE = re.compile(r"\b(?:if|unless|when|whenever|by default|provided that|in case)\b[^;.]*", re.IGNORECASE)


def found(claim: Read, sentence: Read, before: Read | None) -> Finding | None:
    """What the passage's sentence says it holds for, and the claim does not.

    Args:
        before: the passage's sentence before, which "in that case" points at.
    """
    named = content(opening_names(claim))
    wanted = claim.stem_set - named
    if len(wanted) < _FEWEST_STEMS:
        return None
    for name, scope, main in _scopes(sentence.text, before):
        told = read(main)
        if _KEEPS.get(name, _CONDITIONAL) & set(claim.tokens) - set(told.tokens):
            continue
        of_study = name == "a study lost"
        covered = sentence.stem_set if of_study else told.stem_set
        if share(wanted, covered) < _WITHIN or alike(claim, told, named) < _NEAR:
            continue
        lost = content(words.tokens(scope)) - told.stem_set
        if of_study or share(lost, claim.stem_set) <= _LEFT:
            return partly(name, f"The passage says it only “{_shown(scope)}”.")
    return None


def _scopes(text: str, before: Read | None) -> Iterator[tuple[str, str, str]]:
    """Rule, scope and what it is the scope of; a scope with commas in it ends at one of them."""
    if _YOU.search(text):
        return
    such = _SUCH.match(text)
    case = _CASE.search(before.text) if such and before else None
    if such and case and not _INSTRUCTION.match(text, such.end()):
        yield "a case told before lost", case.group(), text[such.end() :]
    for name, pattern in _SCOPES:
        match = pattern.match(text)
        if match is None or _is_step_or_event(text, match):
            continue
        yield name, match["scope"], match["main"]
        if match.start("scope") < match.start("main"):
            for border in re.finditer(r",\s", match["main"]):
                yield (
                    name,
                    text[match.start("scope") : match.start("main") + border.start()],
                    match["main"][border.end() :],
                )


def _is_step_or_event(text: str, match: re.Match[str]) -> bool:
    instruction = _INSTRUCTION.match(match["main"])
    event = match["scope"][:4].lower() == "when" and _PAST.search(text)
    step = instruction is not None and not re.search(r"(?:ing|ed|s)$", instruction["verb"])
    return bool(event) or step and instruction["verb"].lower() not in words.STOP


def _shown(scope: str) -> str:
    return scope[:1].lower() + " ".join(scope.split())[1:].rstrip(" .,")
