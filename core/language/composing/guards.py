"""Which sentences may not stand in an article, and why.

A sentence that is true in its place can still be no sentence of an article: it points at a
figure, asks, sells, greets the reader, or talks to a machine. Each rule names its reason,
so that a reader of the record can see why a sentence was passed over.
"""

import re

from core.language.composing.english import AUXILIARIES, BASE_VERBS, VERBS, has_main_clause, is_english
from core.language.composing.wordlists import listed

SHORTEST, LONGEST = 6, 45
"""Words. Shorter ones are labels, longer ones cannot be followed without their page."""

_ENDED = re.compile(r"[.!][\"'”’)\]]*$")
_OPENING = re.compile(r"^[\"“'‘(]?[^\W\d_]|^[\"“'‘(]?[£$€¥]?\d")
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|rule|prompt|guideline|"
    r"above|previous|earlier)"
    r"|\b(?:system|assistant|developer) (?:note|message|prompt|instruction)"
    r"|\bAI (?:assistants?|agents?|models?)\b.{0,60}\b(?:must|should|please|do not|write|say|"
    r"cite|describe|output)"
    r"|\byou are (?:an?|the) (?:\w+ )?(?:assistant|language model|chatbot|AI)\b|\bas an AI\b"
    r"|\brate (?:every|each|all|this|the) (?:sentence|claim|answer)|\boutput the (?:words?|following|text)"
    r"|\b(?:write|say|state|reply|respond) (?:only )?(?:that|with)\b.{0,80}\b(?:always|sentence|"
    r"article|summary)\b"
    r"|\bdo not (?:cite|mention|quote) (?:any|other|this)|^assistant\s*:|\bin your (?:answer|"
    r"summary|article|output)\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:see|in|as|cf\.?|refer to|shown (?:in|by)|listed in|described in|from) (?:the )?"
    r"(?:also )?(?:table|figure|fig\.?|section|chapter|appendix|box|equation|example|step|page|"
    r"listing|part|note)s?\s?"
    r"(?:\d|[IVX]+\b|[A-Z]\b|above|below)"
    r"|\b(?:figure|table|fig\.|box|chart|section|appendix)\s?(?:[A-Z]\.)?\d+"
    r"|\b(?:the|this) (?:following|next|previous|preceding) (?:\w+ )?(?:table|figure|section|"
    r"example|chapter|list|page|"
    r"code|paragraph|diagram|chart|graph|image|photo|video|article|post|guide|module|document)"
    r"|\b(?:see|discussed|described|explained|mentioned|shown|listed|noted|given|as|defined) (?:\w+ )?"
    r"(?:above|below|earlier|previously|elsewhere|overleaf|opposite|later in)\b|\b(?:table|list|"
    r"chart|graph|section|"
    r"answers?|mistakes|example|diagram|map|picture|photo|image|figure|tips|links?) (?:above|below)\b"
    r"|\bshort answers\b|\b(?:listed|shown|given) here\b|\(see\b|^see\b|\bsee also\b|\bfor "
    r"(?:more|further) (?:information|"
    r"details?|discussion|reading)\b|\bthe (?:above|below)\b|\b(?:this|these|our) (?:article|"
    r"page|post|guide|chapter|section|"
    r"module|document|documentation|tutorial|report|paper|leaflet|booklet|factsheet|blog|"
    r"website|site|study|review|book|howto)\b"
    r"|\btake effect (?:above|below)\b|\bfollowing (?:are|is|:)"
    r"|\bthe (?:following|next|previous|preceding) (?:\w+ )?(?:sub)?sections?\b|\bthis material\b|^what follows\b"
    r"|\b(?:described|discussed|explained|listed|given|shown|documented) (?:there|here)\b"
    r"|\bnearby (?:diagram|figure|table|box)\b|\bthe (?:text|code|discussion) (?:above|below)\b|^(?:\w+ )?note: "
    r"|\bcan be found (?:in|at|under|on)\b[^,]*\b(?:books?|chapters?|sections?|manuals?|documentation|pages?)\b",
    re.IGNORECASE,
)
_SELLING = re.compile(
    r"\b(?:click|subscribe|sign up|log ?in|newsletter|cookies?|privacy (?:policy|notice)|terms "
    r"of (?:use|service)|"
    r"all rights reserved|copyright|©|advert(?:isement)?|sponsored|order (?:today|now)|buy now|"
    r"free (?:quote|trial|"
    r"download)|download (?:the|our)|follow us|share this|contact us|call us|related "
    r"(?:articles|posts)|read more|"
    r"back to top|skip to|add to (?:cart|basket)|win an?|must go|popular on|powered by|our partners|"
    r"javascript (?:is|must)|enable javascript|accept all|leave a (?:comment|reply)|posted (?:by|on|in)|"
    r"comments? \(|contributed by|last (?:updated|modified|reviewed)|published (?:on |by )?\d)\b",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"https?://|www\.|[{}]|=>|==|!=|::|\\\w|\b\w+\([^)\s]*\)\s*(?:->|:)|^\s*(?:def|class|import|"
    r"from|return|>>>)\s|"
    r"\w=\w|[|]|</?\w+>|\S+@\S+\.\w+|\bnew in version\b|\bchanged in version\b|\bdeprecated since\b|¶|#\w+|"
    r"(?<!\w)\$[A-Za-z_]|[→⇒]",
    re.IGNORECASE,
)
# What reference works say of parameters and signatures, and dotted names that end sentences in their middle.
_SIGNATURE = re.compile(
    r"\w\s?\([^)]*\*|\b(?:int|void|char|const|static) \*?\w+\(|\b[a-z]\w*\.[A-Z]\w|;\s+[A-Z]|\.\w+\(\).*\.\w+\(\)"
)
_OPTION = re.compile(
    r"^(?:the )?(?:default|expected|allowed|valid|possible|accepted|legal) (?:values? )?(?:is|are)\b|"
    r"\b[Tt]his (?:option|parameter|flag|argument|setting|field|attribute|function|method|routine|macro|slot|"
    r"command|clause|column|view|catalog|keyword)\b|\s--\w|^support for\b|^(?:a )?new [\w.]+(?:\(\))?(?: \w+)? "
    r"(?:methods?|functions?|modules?|class(?:es)?|options?)\b|^(?:the )?(?:following|parenthesi[sz]ed) |"
    r"^(?:if|when) (?:-\w+|(?:this|the) (?:value|\w+ (?:option|parameter|flag))) (?:is|was) (?:specified|set|given|"
    r"omitted)|^the return(?:ed)? value is\b|^(?:the )?catalogs? \w+|\b(?:are|is|include|cases|following): [A-Z]|"
    r"^currently,? [A-Z]{3,}",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"\s[|·•]\s|^(?:by )?(?:[A-Z][\w'’-]+ ){2,4}(?:and (?:[A-Z][\w'’-]+ ){2,4})?[,–—-] ?.*\b(?:19|20)\d\d\.?$"
)
_FIRST_PERSON = re.compile(
    r"\b(?:I|I'm|I've|I'd|we|we're|we've|we'll|us|our|ours|my|me|mine|ourselves|myself)\b", re.IGNORECASE
)
_COUNTRY = re.compile(r"\bU\.?S\.?\b|\bUS\b")
_ATTRIBUTED = re.compile(
    r"\b(?:said|says|told|wrote|writes|explained|added|according to|reported|argued|noted|"
    r"commented)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“][^\"“”]*[\"”]")
_COLLOQUIAL = re.compile(
    r"\b(?:let's|let us|okay|hello|welcome|thanks|thank you|stay tuned|good luck|of course|unfortunately for|"
    r"well,|take note|guess what|believe it or not|that's|there's|here's)\b|^(?:yes|no|so|well|oh|ok|sure|right)\b[,!]",
    re.IGNORECASE,
)
# Definitions in reference works leave their subject out: "Raised when ...", "Usually refers to ...".
_HEADLESS = re.compile(
    r"^(?:(?:usually|often|also|generally|typically|currently|only|always) )?(?!this|is|was|has|does|as)"
    r"(?:[a-z]+(?:s|ed|t|n) (?:the|an?|to|by|when|if|two|one|any|all|its|whether|only|optional)|"
    r"(?:used|called|raised|returned|invoked|given|added|defined) (?:for|in|as|with|on|from))\b",
    re.IGNORECASE,
)
# No noun in the plural stands before an article: "Specifies the limit", "Controls whether rows are kept".
_SPECIFIES = re.compile(
    r"^(?!perhaps|besides|towards|across|unless|thus|always|sometimes|nowadays|afterwards|whereas|plus|minus|less|its?|is|"
    r"was|as|has|does|this|us)[a-z]+[^\Ws]s (?:(?:or|and) [a-z]+s )?(?:the|an?|whether|if|how)\b",
    re.IGNORECASE,
)
# "To reuse space occupied by deleted rows.": an infinitive with participles, and no verb that says what becomes of it.
_PURPOSE = re.compile(r"^to [a-z]+ [^,]*$", re.IGNORECASE)
_SUBORDINATE = re.compile(
    r"^(?:if|when|to|after|before|once|while|until) [^,]{4,120}, (?P<next>\w+) (?P<after>\w+)", re.IGNORECASE
)
_LABELLED = re.compile(r"^(?:an? |the )?[\w' -]{3,60}: (?:an? |the )", re.IGNORECASE)
_TRAILING = re.compile(r"(?:\.\.\.|…)[\"'”’)\]]*$")
_IMPERATIVES = frozenset(
    listed(
        """
        add avoid ask be beware check choose click compare consider contact create discover do don't
        don’t download enable ensure enter expect explore follow forget get give go imagine install join
        keep learn let look make never note open pick please put read recall remember remove see select
        send specify subscribe suppose take talk tell think try visit wear write always
        """
    )
)
_CALLED = re.compile(r"[A-Z_]{3,}\b|\w+\(|\w+_\w+|[a-z]+[A-Z]")
"""A command or function, as reference works write them."""
_AFTER_AN_IMPERATIVE = frozenset(listed("the a an your this these it them all any each every yourself"))


def refusal(text: str) -> str:
    """Why a sentence may not stand in an article; empty when it may.

    >>> refusal("See table 2 for the prices of all six models.")
    'points elsewhere'
    """
    words = text.split()
    if not SHORTEST <= len(words) <= LONGEST:
        return "too short" if len(words) < SHORTEST else "too long"
    if "?" in text:
        return "a question"
    if not _ENDED.search(text) or _TRAILING.search(text) or not _OPENING.match(text) or text[0].islower():
        return "not a whole sentence"
    for pattern, reason in (
        (_INSTRUCTION, "talks to a machine"),
        (_SELLING, "page furniture"),
        (_BYLINE, "a byline"),
        (_CODE, "code or an address"),
        (_SIGNATURE, "code or an address"),
        (_OPTION, "describes an option"),
        (_REFERENCE, "points elsewhere"),
        (_COLLOQUIAL, "talk"),
    ):
        if pattern.search(text):
            return reason
    if _unbalanced(text):
        return "a torn quotation or bracket"
    letters = sum(char.isalpha() or char.isspace() for char in text)
    if letters < 0.75 * len(text):
        return "mostly figures or signs"
    return _english_refusal(text, words) if is_english(text) else ""


def _english_refusal(text: str, words: list[str]) -> str:
    if text.endswith("!"):
        return "an exclamation"
    spoken = _COUNTRY.sub("", _QUOTED.sub("", text))
    if _FIRST_PERSON.search(spoken):
        return "first person"
    if _FIRST_PERSON.search(text) and not _ATTRIBUTED.search(spoken):
        return "first person"
    if text[0] in '"“' and not _ATTRIBUTED.search(spoken):
        return "a quotation without a speaker"
    if _imperative(words):
        return "tells the reader what to do"
    after = _SUBORDINATE.match(text)
    if after:
        bare = after["next"].lower() in VERBS - AUXILIARIES - BASE_VERBS and after["next"].endswith("s")
        if bare or _imperative([after["next"], after["after"]]):
            return "no subject"
    label = _LABELLED.match(text)
    if _label_of_a_thing(words) or not has_main_clause(text) or label and not has_main_clause(label.group()):
        return "no verb"
    if _HEADLESS.match(text) and (words[0].lower() in VERBS or words[1].lower() in VERBS) or _SPECIFIES.match(text):
        return "no subject"
    if _PURPOSE.match(text) and not any(_in_the_third_person(word) for word in words[2:]):
        return "no verb"
    capitals = sum(word[:1].isupper() for word in words)
    if capitals > 0.6 * len(words) and len(words) > 4:
        return "a heading"
    return ""


def _label_of_a_thing(words: list[str]) -> bool:
    """`An optional pointer to a function ...`, `Decorator to ensure ...`: what a thing is called for, no sentence."""
    low = [word.lower().strip(",.;:()") for word in words]
    if len(low) > 2 and "to" in low[1:3] and low[low.index("to") - 1].endswith(("er", "or", "ies")):
        after = low[low.index("to") + 1] if low.index("to") + 1 < len(low) else ""
        return low[0] not in {"a", "an", "the", "according", "prior", "similar"} and after.isalpha() and after not in {
            "the", "a", "an", "this", "its", "their"
        }  # fmt: skip
    if low[0] not in {"a", "an"}:
        return False
    # After `a` the verb ends in s or is past; what has the bare form is a noun.
    return not any(
        word in AUXILIARIES or word in VERBS - BASE_VERBS or word.endswith("ed") or word.endswith("s") and word in VERBS
        for word in low
    )


def _in_the_third_person(word: str) -> bool:
    low = word.lower().strip(",.;:()")
    return low in AUXILIARIES or low in VERBS and low.endswith("s")


def _imperative(words: list[str]) -> bool:
    first = words[0].strip("\"“'(").lower().rstrip(",:")
    second = words[1].lower().strip(",;:") if len(words) > 1 else ""
    if first in _IMPERATIVES:
        return True
    # Nouns that look like verbs ("Heat pumps work", "Shade from trees") are told by what comes next.
    called = len(words) > 1 and first != "function" and not words[0].isupper() and bool(_CALLED.match(words[1]))
    return first in BASE_VERBS and (second in _AFTER_AN_IMPERATIVE or called)


def _unbalanced(text: str) -> bool:
    return (
        text.count("(") != text.count(")")
        or text.startswith("(")
        or text.count("[") != text.count("]")
        or text.count('"') % 2 == 1
        or text.count("“") != text.count("”")
    )


def addresses_reader(text: str) -> bool:
    """Whether the sentence says `you`: allowed, but a second choice in an article."""
    return bool(re.search(r"\b(?:you|your|yours|yourself)\b", text, re.IGNORECASE))
