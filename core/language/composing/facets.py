"""Facets: the sides from which nearly every subject is asked about.

One list serves planning (which sections can there be?) and writing (which sentences answer
`What does it cost?` without sharing a word with it?). The order is the order in which a
reader wants to know: what it is, how it works, what was found, what it costs, where it
ends, what to do.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.language.composing.terms import content, stem


@dataclass(frozen=True)
class Facet:
    """One side of a subject.

    `cues` are stems that mark a sentence or a heading as being about it; `heads` are nouns
    that can head a section's heading on it, best first; `asks` is how a question names it.
    """

    name: str
    cues: frozenset[str]
    heads: tuple[str, ...]
    asks: re.Pattern[str]
    signs: re.Pattern[str] | None = None
    strong: frozenset[str] = field(default=frozenset())


def _facet(name: str, cues: str, heads: str, asks: str, signs: str | None = None) -> Facet:
    return Facet(
        name,
        frozenset(stem(word) for word in cues.split()),
        tuple(heads.split()),
        re.compile(rf"\b(?:{asks})", re.IGNORECASE),
        re.compile(signs, re.IGNORECASE) if signs else None,
        frozenset(stem(word) for word in heads.split()),
    )


FACETS: tuple[Facet, ...] = (
    _facet(
        "basics",
        "definition define mean call known kind type consist part component contain concept term refer machine device",
        "",
        r"what (?:is|are) (?!the |known |still |at )[^,]*(?:$|\?|, and how)|definition|basics|meaning",
        r"^(?:an? |the )?[\w' -]{3,60}? (?:is|are) (?:an? |the |any |one of )|\b(?:is|are) "
        r"(?:called|known as|defined as)\b|\brefers? to\b|\bmeans that\b",
    ),
    _facet(
        "mechanism",
        "mechanism process circuit cycle principle convert trigger produce release absorb transfer "
        "evaporate regulate "
        "signal draw compress condense shade store",
        "mechanism process circuit cycle principle clock rhythm",
        r"^how (?:do|does|an?|it|they|the)\b(?!.*(?:perform|compare|differ))|"
        r"how (?!well|much|many|far)\w+(?: \w+){0,3} "
        r"(?:works?|cools?|heats?)\b|mechanism|^why ",
        r"\bworks? (?:by|like|as)\b|\bby \w+ing\b|\bso that\b|\bturns? \w+ into\b|\bthis (?:means|"
        r"causes)\b|\bbecause\b",
    ),
    _facet(
        "effects",
        "effect affect impact influence consequence change improve reduce lower raise increase "
        "health benefit harm "
        "damage suffer risk protect cool warm comfort shorten lose less worsen disrupt tired alert "
        "lighter shorter",
        "benefit effect health comfort safety impact consequence illness disease accident",
        r"effects?\b|affects?\b|impacts?\b|consequences|benefits?|health|comfort|harm|"
        r"at stake|follows (?:from|when)|what happens when",
    ),
    _facet(
        "evidence",
        "trial study survey measure monitor result found data average median sample experiment "
        "report evidence record "
        "compare researcher participant observe",
        "trial study survey experiment",
        r"evidence|studies|study|trials?|surveys?|research|found|measured|findings|shown?\b",
        r"\b(?:median|average|per cent|percent|sample|trial|study|survey)\b|%",
    ),
    _facet(
        "performance",
        "efficiency efficient performance perform speed factor output rate accuracy coefficient "
        "capacity yield "
        "effective productivity",
        "efficiency performance output speed accuracy capacity productivity",
        r"efficien\w*|perform\w*|how well|effective\w*|speed|accura\w*|in practice",
        r"\bfactor of\b|\bper cent\b|%",
    ),
    _facet(
        "costs",
        "cost price pay bill money grant subsidy fund budget expense cheap expensive saving save "
        "tariff payback loan "
        "fee tax afford worth value repay spend invest dear",
        "cost price grant bill tariff saving subsidy budget fee payback funding",
        r"costs?\b|price\w*|money|grants?|bills?|pay\b|savings?|afford\w*|financ\w*|funding|"
        r"tariffs?|budget|expens\w*",
        r"[£$€¥]\s?\d|\b(?:pence|pounds|dollars|euros)\b",
    ),
    _facet(
        "upfront",
        "price install installation purchase median quotation labour cost",
        "price",
        r"price of|cost to (?:buy|install)|purchase",
        r"(?=.*[£$€¥]\s?\d).*\b(?:install\w*|price|fitt\w+|buy|new)\b",
    ),
    _facet(
        "support",
        "grant subsidy loan fund apply application scheme voucher council pay support",
        "grant subsidy loan funding",
        r"grants?\b|subsid\w+|loans?\b|funding",
    ),
    _facet(
        "running",
        "run tariff bill electricity unit charge year yearly annual price kilowatt-hour cost",
        "tariff bill",
        r"running costs?|costs? to run|bills?\b|tariffs?",
        r"(?=.*[£$€¥]\s?\d).*\b(?:a year|per year|yearly|a month)\b|\bcosts? .*\bto run\b",
    ),
    _facet(
        "savings",
        "save saving payback repay return lifetime invest worth interest",
        "saving payback",
        r"savings?\b|pay\W?back|repay\w*|\bsaved?\b(?! in)",
        r"\b(?:saves?|saved|repays?|payback)\b",
    ),
    _facet(
        "occasion",
        "worthwhile benefit large improve pay advantage drawback",
        "",
        r"^when (?!they|it works)|pays off|right time",
        r"\b(?:worthwhile|beneficial|benefits?|rule of thumb|makes? sense)\b|"
        r"\b(?:when (?:a|an|the|most)\b|only (?:if|when)|improve\w*)\b",
    ),
    _facet(
        "comparison",
        "compare comparison alternative versus option rival rather differ difference prefer better worse choice suit",
        "comparison alternative difference choice",
        r"compar\w*|versus|\bvs\b|alternatives?|differ\w*|better|instead|suits?\b|options?\b",
        r"\b(?:than|compared with|compared to|whereas|unlike|while)\b",
    ),
    _facet(
        "limits",
        "limit risk problem drawback fail failure mistake fault noise danger caution doubt "
        "uncertain weakness "
        "disadvantage harm wrong poor complaint scarce unknown thin bias cannot leak loss warn "
        "concern difficult",
        "noise risk problem mistake fault complaint failure damage danger drawback",
        r"limit\w*|risks?\b|problems?|drawbacks?|fail\w*|mistakes?|wrong|dangers?|downsides?|"
        r"in the way|keeps? .+ from\b|uncertain\w*|doubts?|"
        r"disadvantages?|concerns?|pitfalls?|noise",
        r"\b(?:cannot|not|no|few|only|unless|however|may not|does not)\b",
    ),
    _facet(
        "practice",
        "install installation choose design plan maintain maintenance use apply set setting "
        "prepare step advice should "
        "recommend practical care check fit adjust schedule place site select measure service "
        "clean plant water",
        "installation maintenance design planning care choice setting scheduling selection "
        "planting training roster routine",
        r"practical\w*|install\w*|choos\w*|design\w*|maintain\w*|maintenance|prepar\w*|how to|should\b|"
        r"advice|recommend\w*|matters|can be done|what helps|measures|steps|go about|"
        r"keep\w* .+ low\b|matters in practice",
        r"\b(?:should|must|needs? to|ought to|recommended)\b",
    ),
    _facet(
        "rules",
        "law rule permission regulation standard licence permit require eligible legal policy "
        "consent certificate "
        "apply qualify council authority listed",
        "rule permission regulation law standard policy consent",
        r"laws?\b|rules?\b|permission|regulat\w*|legal\w*|polic\w*|consent|allowed|eligible|planning rules",
        r"\b(?:must|may not|permission|consent|legal|law|rules?)\b",
    ),
    _facet(
        "outlook",
        "future next trend forecast research open question remain uncertain unclear expect decade target goal",
        "outlook future trend research",
        r"future|outlook|uncertain|open questions?|next\b|trends?|unknown|remains?\b",
        r"\b(?:by 20\d\d|in future|will|expected to|remains?|unclear|uncertain|scarce|few (?:field "
        r")?studies)\b",
    ),
)

BY_NAME = {facet.name: facet for facet in FACETS}

_KINDS_OF_COST = frozenset({"upfront", "support", "running", "savings"})


def asked(text: str) -> tuple[Facet, ...]:
    """The facets that a heading or question asks about, in reading order."""
    stems = set(content(text))
    found = [f for f in FACETS if f.asks.search(text) or stems & f.strong]
    if text.lower().startswith("when ") and BY_NAME["occasion"] in found:
        return (BY_NAME["occasion"],)
    narrow = [f for f in found if f.name in _KINDS_OF_COST]
    # Of one part of the costs the question is no longer about costs in general, unless it names several.
    return tuple(narrow) if len(narrow) == 1 else tuple(f for f in found if f not in narrow or f.name == "savings")


def touch(facet: Facet, text: str, terms: Iterable[str]) -> float:
    """How much a sentence is about a facet, in [0, 1]."""
    terms = set(terms)
    strong = len(terms & facet.strong)
    cues = len(terms & facet.cues)
    sign = bool(facet.signs and facet.signs.search(text))
    return min(1.0, 0.35 * min(strong, 2) + 0.2 * min(cues, 2) + (0.35 if sign else 0.0))
