"""The router: which questions are worth a graph, and what their sides are.

A question that sets things side by side (`how is A related to B`, `A versus B`, `A, B and C`) is answered
by the documents of each. Ranked as one bag of words it is answered by whichever side has the better words.
So its sides are taken apart here, and the graph says whether they are sides in truth: things that are known,
each with a document that is more its own than the other's. All other questions go without.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from core.retrieval.graph.build import Graph
from core.retrieval.graph.entities import Asked, asked
from core.retrieval.words import STOP_WORDS, content_words

_JOINT = re.compile(
    r"\b(?P<strong>(?:as )?compared? (?:with|to)|versus|vs\.?|as opposed to|rather than|instead of"
    r"|(?:is |are )?different from|differs? from|(?:related?|relates|relation|connect(?:ed)?|linked?) (?:with|to)"
    r"|(?:interacts?|fits? together|works? together) with|depends? on|affects?|influences?|replaces?)\b"
    r"|\b(?P<weak>and|with|or|from)\b|(?P<comma>,)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(?:compar\w+|differ\w*|versus|vs|relat\w+|connect\w*|interact\w*|both|between|overlap\w*|in common|trade-?offs?"
    r"|respectively|similar\w*|together|rather than|instead of|as opposed to|better|choose|affects?|influences?|depends?"
    r"|than|replaces?)\b",
    re.IGNORECASE,
)
"""Words of asking how things stand to each other; said of the question, not of what it asks about."""
_OVERVIEW = re.compile(
    r"\b(?:overview|summar(?:y|i[sz]e)|survey of|introduction to|landscape|main (?:ways|kinds|types|approaches|themes)"
    r"|what are the (?:different|main|various|available)|(?:which|what) (?:kinds|types|ways|options|approaches|tools)"
    r"|all the (?:ways|places)|tell me about)\b",
    re.IGNORECASE,
)


class Side(NamedTuple):
    """One of the things that a question sets side by side."""

    name: str
    """As the question has it."""
    query: str
    """The question of this side alone."""
