"""House style: rules that can be checked to the letter, in every article, with or without a model.

The style is the file `house_style.md` in the data folder, else the setting; all of it goes to the editing model, and
these lines are rules:

    avoid: utilise -> use
    avoid: stakeholder
    longest sentence: 30 words
    spelling: British

A word with a replacement is a suggestion to accept as it stands; one without, a long sentence, an acronym nobody
explained and a term spelled in two ways where the better one is not certain are remarks. What stands within
quotation marks is somebody else's and stays.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import SettingsError
from core.language.composing.acronyms import expanded, used
from core.models import Note, Sentence

FILE = "house_style.md"
LONGEST = 35
_RULE = re.compile(r"^\s*[-*]?\s*(avoid|longest sentence|spelling)\s*:\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’")
_COMPOUND = re.compile(r"\b([^\W\d_]+)-([^\W\d_]+)\b")
_SPELLINGS = """colour/color favour/favor honour/honor labour/labor neighbour/neighbor behaviour/behavior harbour/harbor
    centre/center litre/liter theatre/theater fibre/fiber defence/defense offence/offense
    analyse/analyze catalyse/catalyze organise/organize recognise/recognize realise/realize utilise/utilize
    optimise/optimize minimise/minimize maximise/maximize summarise/summarize emphasise/emphasize modernise/modernize
    standardise/standardize stabilise/stabilize organisation/organization optimisation/optimization
    aluminium/aluminum grey/gray plough/plow mould/mold travelling/traveling
    travelled/traveled modelling/modeling modelled/modeled labelled/labeled fuelled/fueled"""
"""British and American, without pairs such as `metre/meter` that are two words in Britain. Other forms follow."""


@dataclass(frozen=True)
class HouseStyle:
    """The rules, and the whole text for a model."""

    text: str
    avoid: Mapping[str, str] = field(default_factory=dict)
    """Word or phrase -> what to write instead; empty where nothing is given."""
    longest: int = LONGEST
    spelling: str = ""
    """`british`, `american`, or empty: either, but one of them."""


def house_style(data: Path, setting: str) -> HouseStyle:
    """The style in force.

    Args:
        data: the data folder; its file is stronger than the setting.

    Raises:
        SettingsError: the file cannot be read, or a rule in it makes no sense.
    """
    path = data / FILE
    try:
        return read(path.read_text("utf-8") if path.exists() else setting)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        where = str(path) if path.exists() else "under Settings"
        raise SettingsError(f"The house style {where} cannot be read: {error}.", remedy="Mend that line.") from error


def read(text: str) -> HouseStyle:
    """The rules of a style.

    Raises:
        ValueError: a rule makes no sense; says which.

    >>> read("- avoid: utilise -> use\\nlongest sentence: 30 words").avoid
    {'utilise': 'use'}
    """
    avoid: dict[str, str] = {}
    longest, spelling = LONGEST, ""
    for name, value in _RULE.findall(text):
        if name.lower() == "avoid":
            word, _, instead = (part.strip(" “”\"'") for part in value.replace("→", "->").partition("->"))
            avoid[word.lower()] = instead
        elif name.lower() == "spelling":
            spelling = value.lower().strip(". ")
            if spelling not in ("british", "american"):
                raise ValueError(f"spelling {value!r} is neither British nor American")
        else:
            number = re.match(r"\d+", value)
            if not number or int(number[0]) < 5:
                raise ValueError(f"the longest sentence is to have {value!r}")
            longest = int(number[0])
    return HouseStyle(text=text, avoid=avoid, longest=longest, spelling=spelling)


def checks(sentences: Sequence[Sentence], passages: Mapping[int, str], style: HouseStyle) -> list[Note]:
    """Notes on an article by rule, in the order of its sentences; at most one of a kind for a sentence.

    Args:
        sentences: of the whole article, so that what is explained or spelled once holds for all.
        passages: sentence id -> the words it cites; what is spelled so there is only remarked on.
    """
    texts = [sentence.text for sentence in sentences]
    swaps, doubts = _spellings(texts, style)
    notes: list[Note] = []
    explained: set[str] = set()
    for sentence in sentences:
        explained |= expanded(sentence.text)
        notes += _worded(sentence, passages.get(sentence.id, ""), style, swaps, doubts)
        length = len(sentence.text.split())
        if length > style.longest:
            why = f"{length} words; the house style allows {style.longest}. Consider two sentences."
            notes.append(_remark(sentence, "length", why))
        unknown = sorted(used(sentence.text) - explained)
        if unknown:
            explained.update(unknown)
            have = "have" if len(unknown) > 1 else "has"
            notes.append(_remark(sentence, "acronym", f"{', '.join(unknown)} {have} not been spelled out yet."))
    return notes


def _remark(sentence: Sentence, kind: str, why: str) -> Note:
    return Note(sentence_id=sentence.id, kind=kind, text=sentence.text, why=why)


def _worded(
    sentence: Sentence, passage: str, style: HouseStyle, swaps: Mapping[str, str], doubts: Mapping[str, str]
) -> Iterator[Note]:
    """One note on the words of a sentence: those that can be replaced are, the others are named."""
    text, whys = sentence.text, []
    for word, instead in style.avoid.items():
        if found := _find(word, text):
            whys.append(f"House style avoids “{found}”{f': “{instead}”' if instead else ''}.")
            text = _replaced(word, instead, text) if instead else text
    for word, instead in swaps.items():
        if found := _find(word, text):
            stays = _find(word, passage)
            whys.append(f"“{found}”: “{instead}” elsewhere{', though its source has it so' if stays else ''}.")
            text = text if stays else _replaced(word, instead, text)
    whys += [why for word, why in doubts.items() if _find(word, text)]
    if whys:
        yield Note(sentence_id=sentence.id, kind="style", text=text, why=" ".join(whys))


def _find(word: str, text: str) -> str:
    """The word as it stands in the text, outside quotation marks; empty when it does not."""
    found = re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", _QUOTED.sub(" ", text), re.IGNORECASE)
    return found[0] if found else ""


def _replaced(word: str, instead: str, text: str) -> str:
    """Every occurrence outside quotation marks replaced, with a capital where it had one."""

    def other(match: re.Match[str]) -> str:
        if not match["word"]:
            return match[0]
        return instead[:1].upper() + instead[1:] if match[0][0].isupper() else instead

    pattern = rf"{_QUOTED.pattern}|(?P<word>(?<![\w-]){re.escape(word)}(?![\w-]))"
    return re.sub(pattern, other, text, flags=re.IGNORECASE)


# --- one term, one spelling ---------------------------------------------------------------


def _spellings(texts: Sequence[str], style: HouseStyle) -> tuple[dict[str, str], dict[str, str]]:
    """Words to be spelled otherwise -> how, and terms with two spellings -> a remark."""
    counts = Counter(
        word.lower() for text in texts for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", _QUOTED.sub(" ", text))
    )
    swaps: dict[str, str] = {}
    british, american = _variants(counts)
    if style.spelling:
        swaps |= american if style.spelling == "british" else british
    elif british and american:
        swaps |= american if _number(counts, british) >= _number(counts, american) else british
    joined = " ".join(_QUOTED.sub(" ", text).lower() for text in texts)
    doubts: dict[str, str] = {}
    for compound in [word for word in counts if _COMPOUND.fullmatch(word)]:
        solid, apart = compound.replace("-", ""), compound.replace("-", " ")
        for other, number in ((solid, counts[solid]), (apart, len(re.findall(rf"\b{re.escape(apart)}\b", joined)))):
            if number and number != counts[compound]:
                rare, usual = (compound, other) if number > counts[compound] else (other, compound)
                doubts[rare] = f"“{rare}” here, “{usual}” elsewhere: one spelling for one term, unless grammar asks."
    return swaps, doubts


def _number(counts: Counter[str], words: Mapping[str, str]) -> int:
    return sum(counts[word] for word in words)


def _variants(counts: Counter[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The British words in a text -> American, and the other way round."""
    british: dict[str, str] = {}
    american: dict[str, str] = {}
    for pair in _SPELLINGS.split():
        ours, theirs = pair.split("/")
        for one, other in zip(_forms(ours), _forms(theirs), strict=True):
            if counts[one]:
                british[one] = other
            if counts[other]:
                american[other] = one
    return british, american


def _forms(word: str) -> tuple[str, ...]:
    base = word.removesuffix("e")
    return word, f"{word}s", f"{base}ed", f"{base}ing"
