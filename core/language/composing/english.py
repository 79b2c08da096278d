"""The few facts about English that the extractive writer rests on.

No tagger is at hand without a model, so closed classes are listed whole (pronouns,
auxiliaries, connectives) and verbs are known by a list of the common ones with their
regular forms. Text in another language meets none of these lists and is simply judged by
fewer rules.
"""

import re

from core.language.composing.wordlists import listed

STOP_WORDS = frozenset(
    listed(
        """
        a about above across after again against all almost along also although am among an and another
        any anyone anything are around as at away back be because been before behind being below between
        both but by can cannot could did do does doing done down during each either else enough even
        ever every few first for from further get gets got had has have having he her here hers him his
        how however i if in indeed instead into is it its itself just kind least less lot made make
        makes many may me might more most much must my near nearly need needs neither never no nor not
        nothing now of off often on once one only onto or other others our out over own per perhaps
        quite rather really same several shall she should since so some something sometimes somewhat
        soon still such than that the their them then there therefore these they thing things this those
        though through throughout thus to together too toward towards two under until up upon us usually
        very via was way we well were what when where whether which while who whom whose why will with
        within without would yet you your yours
        """
    )
)

AUXILIARIES = frozenset(
    listed(
        """
        am is are was were be been has have had do does did can could may might must shall should will
        would cannot can't isn't aren't wasn't weren't hasn't haven't hadn't don't doesn't didn't won't
        wouldn't shouldn't couldn't mustn't needn't
        """
    )
)

_BASES = listed(
    """
        accept account achieve act adapt add adjust affect agree aim allow alter appear apply argue
        arrive ask assume avoid become begin behave believe belong blow boil break bring build burn buy
        calculate call carry cause change charge choose claim clean climb close collect come compare
        complain conclude condense confirm connect consider consist contain continue contribute control
        cool correct cost count cover create cross cut damage deal decide decline decrease define
        deliver demand depend describe design destroy detect determine develop differ direct disappear
        discover display divide double draw drink drive drop dry earn eat emerge emit employ enable
        encourage end enter estimate evaporate examine exceed exist expand expect experience explain
        expose extend face fail fall feed feel fight fill find finish fit fix flow follow force form
        freeze function gain generate give go govern grant grow hang happen heat help hide hit hold
        identify implement imply improve include increase indicate influence inform insist install
        intend introduce invest involve join keep kill know lack last lead learn leave lend let lie lift
        limit link list live lock look lose lower maintain make manage mark match matter mean measure
        melt meet mention miss mix monitor move need note notice obtain occur offer open operate outlive
        overlap owe own pass pay peak perform permit pick place plan plant play point pose prefer
        prepare present prevent produce promise promote prompt protect prove provide publish pull push
        put quote raise range reach react read realise realize receive reclaim recommend record recover
        reduce refer reflect refuse regard register reject relate release rely remain remember remove
        repair repay replace report represent require rest restore result retain return reveal rise run
        save say seal see seem select sell send separate serve set settle shade share shift shorten show
        shrink sign sit slow solve speak spend split spread squeeze stand start state stay stop store
        strengthen strike struggle study succeed suck suffer suggest suit supply support suppose survive
        switch take talk teach tell tend test think threaten tie top touch trace track trade transfer
        transport trap travel treat trigger try turn undergo understand use vary visit wait walk want
        warm warn waste watch weaken wear weigh win work worry worsen write yield die harm kill hurt
        sleep dream rust fly swim sing age migrate crack shed disrupt delay smell taste sink float bloom
        disturb alter acquire allocate clear convert delete execute initialize initialise invoke iterate
        load modify override parse register reset schedule terminate transpire wrap contribute
        accumulate adopt advise approve assess assign attend award boost ban cast compete confuse
        correspond customise cycle debate diminish disable dominate elect emphasise exclude exploit
        extract favour fund guarantee host ignore illustrate inhabit inspire lean merge mount multiply
        outnumber persist possess predict prescribe preserve print process qualify rank resist respond
        restrict retire reward rotate round scan score spoil stretch sum suppress surround sustain
        tolerate underlie unite update uphold urge value view violate vote water widen withdraw witness
        train hire persuade absorb deserve trust annoy concern handle encounter copy
        """
)

_IRREGULAR = listed(
    """
        began begun became blew blown broke broken brought built bought came chose chosen dealt did done
        drew drawn drank drove driven ate eaten fell fallen fed felt fought found froze frozen gave
        given went gone grew grown hung hid hidden held kept knew known led learnt left lent let lay
        lost made meant met paid put read rose risen ran said saw seen sold sent set shook shone showed
        shown shrank sat slept spoke spoken spent spread stood stuck struck taught took taken told
        thought understood wore worn won wrote written cut cost hit
        """
)


def _forms(base: str) -> tuple[str, ...]:
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        third = base + "es"
    elif base.endswith("y") and base[-2] not in "aeiou":
        third = base[:-1] + "ies"
    else:
        third = base + "s"
    if base.endswith("e"):
        past = base + "d"
    elif base.endswith("y") and base[-2] not in "aeiou":
        past = base[:-1] + "ied"
    else:
        past = base + "ed"
    return base, third, past, base + base[-1] + "ed"


VERBS = frozenset(form for base in _BASES for form in _forms(base)) | frozenset(_IRREGULAR) | AUXILIARIES
BASE_VERBS = frozenset(_BASES)

WORD = re.compile(r"[^\W_]+(?:[’'\-‐‑][^\W_]+)*")
_ENGLISH_SIGNS = frozenset(
    listed(
        """
        the of and to in is are a for that with as by it was were on an be or from which
        """
    )
)


def is_english(text: str) -> bool:
    """Whether the text is full enough of English function words to be judged by English rules."""
    words = WORD.findall(text.lower())
    return bool(words) and sum(word in _ENGLISH_SIGNS for word in words) >= max(1, len(words) // 12)


def has_main_clause(text: str) -> bool:
    """Whether a verb stands before the first subordinate clause, or is left when each of them has had one.

    Tells `The process of freeing memory when it is not used.` from a sentence. Verbs after a
    determiner or a preposition are nouns; auxiliaries and what they carry count once.
    """
    verbs = clauses = 0
    before, carried = "", False
    words = WORD.findall(text.lower())
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word in _SUBORDINATING and not (word == "that" and before in _BEFORE_A_NOUN):
            if verbs or not before:
                return True
            clauses += 1
        third = word.endswith("s") and word not in AUXILIARIES
        finite = (not carried or third) and _is_finite(word, before, after)
        verbs += finite
        if word not in _BETWEEN:
            before, carried = word, finite or carried and word in VERBS
    return verbs > clauses


def _is_finite(word: str, before: str, after: str) -> bool:
    known = word in VERBS or word.endswith("ed") and len(word) > 4
    if not known or before in _BEFORE_A_NOUN:
        return False
    # "The mechanism used by the interpreter" is no clause.
    return word in AUXILIARIES or after != "by" or word.endswith("s")


_BETWEEN = frozenset(
    listed("not also often usually only still never always then therefore already rarely seldom being")
)
_SUBORDINATING = frozenset(
    listed("that which who whose where when whenever if whether because while although though unless")
)
_BEFORE_A_NOUN = frozenset(
    listed(
        """
        to a an the this these those its their his her our your my each every any no some of in on at
        for with from by into about between per new old more most many few several
        """
    )
)


def is_plural(noun_phrase: str) -> bool:
    """Whether a noun phrase takes `are`: judged by its head, the last word before a preposition.

    >>> is_plural("heat pumps in old houses"), is_plural("sleep loss"), is_plural("urban trees and heat")
    (True, False, True)
    """
    words = WORD.findall(noun_phrase.lower())
    head: list[str] = []
    for word in words:
        if word in {"in", "of", "for", "on", "at", "with", "from", "to", "by", "as", "during", "under", "after"}:
            break
        head.append(word)
    if "and" in head:
        return True
    last = head[-1] if head else ""
    if last in {"people", "children", "men", "women", "data", "mice", "feet", "teeth", "bacteria", "media"}:
        return True
    return last.endswith("s") and not last.endswith(("ss", "us", "is", "ics", "news", "'s", "’s"))
