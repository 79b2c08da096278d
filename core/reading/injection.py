"""Instructions to a model inside a fetched text: found, flagged and shown; never obeyed.

A page is data. Whoever writes pages for machines to read can write "ignore your instructions"
into them, visibly or not. These patterns look for text that *addresses a model or its task*: an
order together with the thing ordered about. Ordinary prose with one of the words ("ignore the
previous quotation", "she rated it highly") has no such pair. An article about prompt injection
that quotes examples is flagged, and rightly shown to a person.

Patterns after the attacks catalogued in OWASP's LLM01 and Greshake et al., AISec 2023.
"""

import re

from core.models import Flag

_PERSON = r"(?!\s+(?:research|engineer|scien|compan|expert|profession|develop|startup|practition|enthusias|user|team))"
_MODEL = (
    rf"(?:ai{_PERSON}|a\.i\.|llms?{_PERSON}|language\s+models?|(?:ai|virtual|digital|research)\s+assistants?"
    r"|chat\s?bots?|chatgpt|gpt-?\d*|claude|gemini|copilot)"
)
_ORDERS = r"(?:instructions?|prompts?|directives?|programming|system\s+messages?)"
_FORGET = r"(?:ignore|disregard|forget|override|bypass|discard|do\s+not\s+follow|stop\s+following)"
_ORDERING = r"(?:^|[.!?:;,\"'“‘’”()*>\n\]-]\s*|\b(?:please|now|and|then|to|just|simply|instead|you\s+\w+)\s+)"
"""Where an order begins. Prose tells of people who ignore instructions; it does not order it."""
_EARLIER = r"(?:your|previous|prior|earlier|above|preceding|foregoing|system)"
_WHICH = r"(?:all|any|every|the|of|these|those|my|our|other|original|initial|existing)"
_JUDGED = r"(?:sentences?|claims?|statements?|articles?|texts?|drafts?|sources?|answers?)"
_PRAISE = r"(?:supported|true|verified|correct|faithful|trustworthy|accurate|reliable)"
_MUST = r"(?:must|will|shall|should|are\s+to|have\s+to|only)"

_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        rf"{_ORDERING}{_FORGET}\s+(?:{_WHICH}\s+){{0,4}}(?:{_EARLIER}\s+)(?:\w+\s+){{0,2}}{_ORDERS}\b",
        "asks to ignore instructions",
    ),
    (
        rf"{_ORDERING}{_FORGET}\s+(?:everything|anything|all)\s+(?:that\s+)?(?:you\s+)?(?:(?:were|was|have\s+been|are)\s+)?"
        r"(?:told|instructed|said\s+(?:above|before))\b",
        "asks to ignore instructions",
    ),
    (
        r"\b(?:developer|jailbreak|dan|god)\s+mode\s+(?:is\s+)?(?:now\s+)?(?:enabled|activated|on)\b",
        "asks to ignore instructions",
    ),
    (
        rf"{_ORDERING}(?:rate|mark|label|score|judge|classify|grade|treat)\s+(?:(?:all|every|each|any|this|these"
        rf"|the|following|my|our)\s+)+{_JUDGED}\s+(?:\w+\s+){{0,3}}as\s+[\"'“‘]?(?:fully\s+)?{_PRAISE}\b",
        "asks for a verdict",
    ),
    (
        rf"\byou\s+are\s+(?:now\s+)?(?:an?|the)\s+(?:\w+\s+){{0,3}}{_MODEL}\b",
        "speaks to a model",
    ),
    (
        r"\b(?:note|message|instructions?|attention|notice|reminder)\s+(?:to|for)\s+(?:all\s+|any\s+|the\s+)?"
        rf"(?:\w+\s+)?{_MODEL}(?:\s+(?:readers?|agents?|systems?|crawlers?))?\s*[:!,—–-]",
        "speaks to a model",
    ),
    (
        rf"\b(?:if\s+you\s+are|as)\s+an?\s+(?:\w+\s+)?{_MODEL}\b[^.\n]{{0,40}}?,\s*"
        rf"(?:you\s+{_MUST}|please|do\s+not|always|never)\b",
        "speaks to a model",
    ),
    (
        r"\b(?:reveal|print|repeat|output|show|leak|disclose)\s+(?:me\s+)?(?:your|the)\s+"
        rf"(?:(?:system|hidden|initial|secret|full|entire)\s+)+{_ORDERS}\b",
        "asks for the prompt",
    ),
    (
        r"(?:^|\n)\s*(?:#+\s*)?(?:new|updated|additional)\s+(?:system\s+)?instructions?\s*:",
        "gives new instructions",
    ),
    (
        rf"\b(?:from\s+now\s+on|henceforth),?\s+you\s+{_MUST}\b[^.\n]{{0,80}}"
        r"\b(?:answers?|respond|reply|output|write|say|recommend|cite|claim)\b",
        "gives new instructions",
    ),
    (
        r"<\|?(?:im_start|im_end|system|endoftext|start_header_id|eot_id)\|?>|\[/?INST\]|<<SYS>>",
        "imitates a prompt's marks",
    ),
    (
        r"(?:^|\n)\s*(?:#{2,3}\s*)?(?:system|assistant)\s*(?:prompt|message)?\s*:\s*"
        r"(?=you\b|ignore\b|always\b|never\b|disregard\b|output\b|write\b|say\b|answer\b|respond\b|reply\b|print\b)",
        "imitates a prompt's marks",
    ),
    (
        r"\b(?:do\s+not|don't|never)\s+(?:mention|tell|reveal|disclose)\s+(?:this|these|that\s+you|(?:to\s+)?the\s+user)"
        r"\b[^.\n]{0,60}\b(?:instructions?|prompt|user|message|note)\b",
        "asks to keep it from the user",
    ),
)
_SCANS = tuple((re.compile(pattern, re.IGNORECASE), note) for pattern, note in _PATTERNS)
_CUE = re.compile(
    r"instruct|prompt|directive|guideline|programming|system|told|said|<\||<\w+>|\[/?inst|<<sys|assistant|\bmode\b|\buser\b"
    rf"|\b{_MODEL}\b|\bas\s+[\"'“‘]?(?:fully\s+)?{_PRAISE}|\byou\s+{_MUST}|\bmessage",
    re.IGNORECASE,
)
"""No pattern matches a paragraph without one of these: most paragraphs are passed over at once."""
_LEAD = " \t\n.!?:;,\"'“‘’”()*>]-"


def scan(text: str) -> list[Flag]:
    """Places that give orders to a model.

    Returns:
        Flags of kind `injection` with offsets into `text`, in order, overlapping ones merged
        into the first. The note quotes the place.
    """
    found: list[tuple[int, int, str]] = []
    start = 0
    for paragraph in text.split("\n\n"):
        if _CUE.search(paragraph):
            for pattern, note in _SCANS:
                for match in pattern.finditer(paragraph):
                    lead = len(match.group()) - len(match.group().lstrip(_LEAD))
                    found.append((start + match.start() + lead, start + match.end(), note))
        start += len(paragraph) + 2
    flags: list[Flag] = []
    for begin, end, note in sorted(found):
        if flags and begin < flags[-1].end:
            continue
        quote = " ".join(text[begin:end].split())[:160]
        flags.append(Flag(kind="injection", start=begin, end=end, note=f"{note}: “{quote}”"))
    return flags
