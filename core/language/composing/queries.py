"""Further search queries in other words, when the first ones found too little.

Variants of the question's own key words: the missing part alone, fewer words, singular and
plural, and the facet's usual words. Nothing is guessed that the question does not say.
"""

from core.language.composing.english import WORD
from core.language.composing.facets import asked
from core.language.composing.sections import keywords
from core.language.composing.terms import content, stem
from core.language.composing.topics import Topic, understand
from core.language.tasks import QueriesAnswer, QueriesInput

MOST = 4


def further(given: QueriesInput) -> QueriesAnswer:
    """Up to four queries, none of which was tried before; the likeliest first."""
    topic = understand(given.topic)
    tried = {_key(query) for query in given.tried}
    found: list[str] = []
    for query in _variants(topic, given):
        key = _key(query)
        if key and key not in tried:
            tried.add(key)
            found.append(query)
    return QueriesAnswer(queries=found[:MOST])


def _variants(topic: Topic, given: QueriesInput) -> list[str]:
    base = keywords(topic).split()
    question = _words(given.question)
    missing = _words(given.missing)
    own = [word for word in question if stem(word) not in {stem(b) for b in base}]
    variants = []
    if missing:
        variants.append(" ".join(dict.fromkeys([*base[:3], *missing[:5]])))
        variants.append(" ".join(missing[:6]))
    variants.append(" ".join(question[:8]))
    facets = asked(given.question)
    for facet in facets:
        variants += [" ".join(dict.fromkeys([*base, head])) for head in facet.heads[:3]]
    variants.append(" ".join(base))
    if own:
        variants.append(" ".join(dict.fromkeys([*own[:4], *base[:1]])))
    variants.append(" ".join(_other_number(word) for word in (base + own)[:5]))
    if len(base) > 2:
        variants.append(" ".join(base[:2]))
    variants.append(" ".join([*base[:3], "study"]))
    variants.append(" ".join([*base[:3], "guide"]))
    return variants


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(word for word in WORD.findall(text) if content(word) or word[0].isdigit()))


def _key(query: str) -> frozenset[str]:
    # Word order and letter case make no new search; singular and plural can, on engines that do not stem.
    return frozenset(word.lower() for word in WORD.findall(query))


def _other_number(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word + "s" if word.isalpha() and word.islower() else word
