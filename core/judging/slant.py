"""Loaded, absolute and abusive words, and articles that speak for one side only.

Closed lists, in the spirit of Recasens, Danescu-Niculescu-Mizil & Jurafsky (ACL 2013, words that give away a
point of view), kept to words that are hardly ever neutral. What stands within quotation marks is the speaker's.
These are flags for a person and never close the gate: a list knows no irony and no context.
"""

import re
from collections.abc import Sequence

from core.judging import words

ABUSE = words.listed(
    """idiot idiots idiotic moron morons moronic imbecile imbeciles stupid scum vermin filth trash bastard bastards
    bitch bitches whore whores slut sluts retard retards retarded subhuman subhumans savages fuck fucking fucked fucker
    shit shitty bullshit asshole assholes cunt cunts crap dumbass loser losers freak freaks parasites pathetic
    disgusting degenerate degenerates"""
)
_LOADED = words.listed(
    """outrageous shameful disgraceful scandalous shocking appalling horrific horrifying monstrous evil sinister
    ridiculous absurd ludicrous laughable preposterous nonsense hysterical hysteria fanatic fanatics fanatical
    extremist extremists propaganda brainwashed sheep cronies regime puppet hoax scam scandal witch-hunt
    heroic glorious brilliant genius visionary masterful magnificent miraculous legendary
    notorious infamous so-called self-styled undeniably obviously clearly unquestionably indisputably undoubtedly
    disastrous catastrophic devastating alarming terrifying"""
)
_ABSOLUTE = words.listed(
    "always never everyone everybody nobody invariably completely totally utterly absolutely entirely"
)
_PRAISE = words.listed(
    """good better best excellent great effective efficient successful safe reliable beneficial benefit benefits
    advantage advantages promising popular valuable ideal improved improves improve savings comfortable robust"""
)
_BLAME = words.listed(
    """bad worse worst poor ineffective inefficient unsuccessful unsafe dangerous unreliable harmful harm harms
    drawback drawbacks disadvantage disadvantages failing unpopular worthless failure failures failed problem problems
    risk risks risky costly noisy"""
)
_TURN = words.listed("but however although though yet while whereas despite unless nevertheless except")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’")
_FEWEST, _ONE_SIDED = 8, 0.9


def abusive(text: str) -> list[str]:
    """The abusive words of a sentence, quoted ones among them."""
    return [word for word in words.tokens(text) if word in ABUSE]


def loaded(text: str) -> list[str]:
    """The loaded and absolute words of a sentence, outside quotation marks, in order.

    >>> loaded("The so-called reform was clearly a success, “a shameful one”.")
    ['so-called', 'clearly']
    """
    found = re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", _QUOTED.sub(" ", text).lower())
    return [word for word in found if word in _LOADED or word in _ABSOLUTE]


def one_sided(sentences: Sequence[str]) -> str:
    """What makes a text look one-sided, in words; empty when it does not, or there is too little to tell.

    It does when nine in ten of at least eight judging words go one way and no sentence turns with a "but".
    """
    found = [word for sentence in sentences for word in words.tokens(_QUOTED.sub(" ", sentence))]
    praise, blame = (sum(word in side for word in found) for side in (_PRAISE, _BLAME))
    if praise + blame < _FEWEST or max(praise, blame) / (praise + blame) < _ONE_SIDED or not _TURN.isdisjoint(found):
        return ""
    way = "in favour" if praise > blame else "against"
    return f"{max(praise, blame)} of {praise + blame} judging words speak {way}, and no sentence has a “but”."
