"""Words: tokens, stems, how rare each is, and the small closed lists a judge needs.

How rare a stem is (inverse document frequency) was counted on the fitting data and lies in
weights.json; a word unknown there is taken for rare. Stems are Snowball's (Porter 2).
"""

import functools
import json
import math
import re
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

WEIGHTS = Path(__file__).with_name("weights.json")

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:,\d{3})*(?:\.\d+)?")
_SHORT_TITLE = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|[A-Z])\.$")
_NAME = re.compile(r"[^\W\d_][\w&'’.-]*")
_CAPITAL_FOLLOWS = re.compile(r" [A-Z]")


def listed(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


STOP = listed(
    """a an the of to in on for with at by from as into onto over under after before between through during out up
    down off about against per via among within upon is are was were be been being am do does did done have has had
    having and or but if nor so yet than then that this these those there here it its he she they them his her hers
    their theirs our ours your yours my we you i me him us who whom whose which what when where why how can could
    will would shall should may might must just very too also only own same such both each all any some more most
    other others another few many much again further once s t re ve ll d m not no while because until
    according passage passages text article document context however therefore thus overall additionally
    furthermore moreover including include includes mentioned provided based given"""
)
NEGATIONS = listed(
    """not no never none neither nor cannot without lack lacks lacked lacking fail fails failed unable refuse refuses
    refused deny denies denied hardly barely unlikely false nobody nothing nowhere"""
)
HEDGES = listed(
    """may might could likely possibly perhaps probably suggest suggests suggested appear appears appeared seem seems
    seemed reportedly allegedly expected estimated potential potentially sometimes often usually typically some"""
)
UNIVERSALS = listed("all every always never only none entirely completely must any no everyone nobody first")
_OPPOSITES = """increase/decrease rise/fall rise/drop grow/shrink more/less more/fewer higher/lower high/low above/below
    before/after win/lose won/lost best/worst first/last early/late earlier/later open/close accept/reject
    support/oppose true/false guilty/innocent male/female north/south east/west left/right positive/negative gain/loss
    profit/loss oldest/youngest older/younger old/new largest/smallest larger/smaller longest/shortest longer/shorter
    maximum/minimum most/least always/never alive/dead start/end began/ended include/exclude allow/prohibit
    allow/ban legal/illegal public/private summer/winter strong/weak safe/dangerous success/failure succeed/fail
    agree/disagree likely/unlikely possible/impossible cause/prevent improve/worsen reduce/increase
    lowest/highest rose/fell rose/dropped warmer/colder hotter/cooler warm/cold cheaper/dearer faster/slower
    better/worse required/optional mandatory/voluntary cheap/expensive heavier/lighter upper/lower day/night
    inside/outside indoor/outdoor raise/lower lower/raise increased/fell decreased/rose import/export full/empty
    safe/harmful safe/unsafe passed/failed upheld/dismissed denied/admitted refused/agreed disagreed/agreed
    from/until since/until for/against like/unlike slowly/fast slowly/faster slowly/quickly slow/fast loud/quiet
    louder/quieter thick/thin thicker/thinner wide/narrow wider/narrower deep/shallow deeper/shallower tall/short
    taller/shorter easy/difficult easier/harder rich/poor clean/dirty wet/dry hot/cold bright/dark permanent/temporary
    modern/ancient domestic/foreign urban/rural majority/minority victory/defeat hire/fire hired/fired enable/disable
    install/uninstall lock/unlock expand/shrink widen/narrow tighten/loosen strengthen/weaken
    encourage/discourage approve/reject permit/forbid permitted/forbidden allowed/forbidden accepted/declined
    bought/sold buy/sell borrow/lend borrowed/lent arrive/depart soared/flopped soared/plunged inflated/deflated"""


# Snowball keeps the word it works on in itself: two threads at once give wrong stems, or fall over.
_stemming = threading.Lock()


@functools.cache
def _stemmer() -> Any:
    import snowballstemmer  # 0.1 s: not at import

    return snowballstemmer.stemmer("english")


@functools.lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a lower-case word."""
    with _stemming:
        return _stemmer().stemWord(word)


@functools.cache
def opposites() -> dict[str, frozenset[str]]:
    """Stem -> stems that say the opposite."""
    pairs = [tuple(stem(word) for word in pair.split("/")) for pair in _OPPOSITES.split()]
    both = pairs + [(second, first) for first, second in pairs]
    return {word: frozenset(other for one, other in both if one == word) for word, _ in both}


@functools.cache
def fitted() -> dict[str, Any]:
    """What `python -m benchmarks.judge fit` wrote."""
    return json.loads(WEIGHTS.read_text(encoding="utf-8"))


@functools.cache
def rarity_table() -> tuple[dict[str, float], float]:
    """`(stem -> nats, nats of an unknown stem)`."""
    table = fitted()["rarity"]
    return {word: float(value) for value, words in table["words"].items() for word in words.split()}, table["unknown"]


def rarity(word_stem: str) -> float:
    """How rare a stem is, in nats; about 0.5 for the commonest content words, 9 for unknown ones."""
    table, unknown = rarity_table()
    return table.get(word_stem, unknown)


def weight(stems: Iterable[str]) -> float:
    """The rarity of all of them; the same to the last bit in whatever order they come."""
    table, unknown = rarity_table()
    return math.fsum([table.get(word_stem, unknown) for word_stem in stems])


def is_known(word_stem: str) -> bool:
    """Is it a stem of the English texts the table was counted on?"""
    return word_stem in rarity_table()[0]


def tokens(text: str) -> list[str]:
    """Lower-case words and numbers in order; compounds with a hyphen come apart."""
    return [token.replace("’", "'") for token in _TOKEN.findall(text.lower())]


def content(words: Iterable[str]) -> list[str]:
    """Stems of the words that carry meaning, in order; numbers without thousands separators."""
    return [carried for carried in map(_carried, words) if carried]


@functools.lru_cache(maxsize=200_000)
def _carried(word: str) -> str:
    """The stem of a word that carries meaning; else empty."""
    word = word.removesuffix("'s")
    if word[0].isdigit():
        return word.replace(",", "")
    return stem(word) if len(word) > 1 and word not in STOP and not word.endswith("n't") else ""


def is_negated(words: Sequence[str]) -> bool:
    return any(word in NEGATIONS or word.endswith("n't") for word in words)


def names(text: str) -> list[str]:
    """Capitalised words that are not so merely for opening the sentence, lower-case, in order.

    >>> names("The Aldermoor trial, led by Dr. Askew of the BBC, ended.")
    ['aldermoor', 'dr', 'askew', 'bbc']
    """
    found: list[str] = []
    for match in _NAME.finditer(text):
        if not match.group()[0].isupper():
            continue
        word = re.sub(r"['’]s$", "", match.group().rstrip(".'’-&"))
        if len(word) < 2 or word.lower() in STOP:
            continue
        before = text[: match.start()].rstrip()
        opens = not before or (before[-1] in '.!?:"“*•' and not _SHORT_TITLE.search(before))
        if opens and not any(letter.isupper() for letter in word[1:]) and not _CAPITAL_FOLLOWS.match(text, match.end()):
            continue
        found.append(word.lower())
    return found
