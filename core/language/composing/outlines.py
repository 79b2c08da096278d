"""What a reader of each kind of topic needs to know, in the order of reading.

A slot is one possible section: its facet, its heading with and without a name for the
subject, its question, and further words to search for. They are an editor's habit, not
measured. The samples decide which slots are taken (see `plan`).

In the texts: {s} the subject's short name, {S} the whole subject, {O} the other thing,
{whole} the topic itself as a question, {act} what is done as a noun, {one} a part;
{are}, {do} and {they} agree with the subject.
"""

from dataclasses import dataclass

from core.language.composing.topics import Kind


@dataclass(frozen=True)
class Slot:
    """A possible section of a plan."""

    facet: str
    heading: str
    """Where the subject has a short name."""
    bare: str
    """Where it has none."""
    question: str
    must: bool = False
    """Taken even where no sample speaks of it."""


_LIMITS = Slot("limits", "Limits and risks", "Limits and risks", "What are the limits and risks of {S}?", True)
_PRACTICE = Slot("practice", "{s} in practice", "In practice", "What should be considered in practice with {S}?", True)
_COSTS = Slot("costs", "Costs of {s}", "Costs", "What {do} {S} cost, and what can be saved?")
_EFFECTS = Slot("effects", "Effects of {s}", "Effects", "What effects {do} {S} have?")
_EVIDENCE = Slot("evidence", "What studies found", "What studies found", "What have studies found about {S}?")
_RULES = Slot("rules", "Rules for {s}", "Rules and permission", "Which rules apply to {S}?")
_OUTLOOK = Slot("outlook", "Open questions", "Open questions", "What is still uncertain about {S}?")
_WORKING = Slot("mechanism", "How {s} work{es}", "How it works", "What {are} {kept}, and how {do} {they} work?", True)
_PERFORMANCE = Slot("performance", "Performance in practice", "Performance", "How well {do} {S} perform in practice?")
_WHOLE = Slot("mechanism", "{how} {s} {verb} {o}", "The short answer", "{whole}", True)
_ALTERNATIVES = Slot(
    "comparison", "Alternatives to {s}", "Alternatives", "How {do} {S} compare with the alternatives?"
)  # fmt: skip
_BACKGROUND = Slot("basics", "Background on {s}", "Background", "What is known about {S}?", True)

OUTLINES: dict[Kind, tuple[Slot, ...]] = {
    Kind.WORTH: (
        _WORKING,
        Slot("performance", "Efficiency in practice", "Performance", "How well {do} {S} perform in practice?", True),
        Slot("costs", "Costs of {s}", "Costs", "What {do} {S} cost, and what can be saved?", True),
        _EFFECTS,
        _LIMITS,
        Slot("practice", "{s} in practice", "In practice", "What should be considered before choosing {S}?", True),
        _RULES,
    ),
    Kind.COST: (
        Slot("upfront", "What {s} cost{es}", "What it costs", "What is the price of {S} with all the work?", True),
        Slot("support", "Grants and support", "Grants and support", "Which grants and loans lower the cost of {S}?"),
        Slot("running", "Running costs", "Running costs", "What are the running costs of {S}{against}?", True),
        Slot("savings", "Savings and payback", "Savings and payback",
             "How much {do} {S} save, and does the saving repay the price?"),
        Slot("performance", "Efficiency in practice", "Efficiency", "How does efficiency decide the cost of {S}?"),
        Slot("limits", "What makes it dearer", "What makes it dearer",
             "Which problems and mistakes raise the cost of {S}?", True),
        Slot("practice", "Keeping costs low", "Keeping costs low", "What keeps the cost of {S} low?", True),
    ),
    Kind.COMPARE: (
        Slot("part 1", "How {one} work{es}", "{one}", "What {are} {one}, and how {do} {they} work?", True),
        Slot("part 2", "How {one} work{es}", "{one}", "What {are} {one}, and how {do} {they} work?", True),
        Slot("comparison", "Where they differ", "Where they differ", "Where do {both} differ most?", True),
        Slot("performance", "Performance compared", "Performance compared", "How do {both} compare in performance?"),
        Slot("costs", "Costs compared", "Costs compared", "How do {both} compare in cost?"),
        Slot("limits", "Limits and risks", "Limits and risks", "What are the limits and risks of {both}?", True),
        Slot("practice", "Which to choose when", "Which to choose when",
             "When {first_are} {first} the better choice, and when {second}?", True),
        Slot("effects", "Effects compared", "Effects compared", "How do the effects of {both} differ?"),
    ),
    Kind.HOW: (
        Slot("mechanism", "How {s} work{es}", "How it works", "{whole}", True),
        _PERFORMANCE,
        _LIMITS,
        _PRACTICE,
        Slot("rules", "Requirements and rules", "Requirements and rules", "What must be observed with {S}?"),
        _EFFECTS,
    ),
    Kind.HOW_TO: (
        Slot("practice", "What helps most", "What helps most", "{whole}", True),
        Slot("mechanism", "What lies behind it", "What lies behind it", "What matters most for {S}, and why?"),
        _EVIDENCE,
        Slot("limits", "Mistakes and risks", "Mistakes and risks",
             "Which mistakes and risks come with {S}?", True),
        _COSTS,
    ),
    Kind.HOW_DO: (
        Slot("mechanism", "How {s} {verb} {o}", "The short answer", "{whole}", True),
        Slot("effects", "What is at stake", "What is at stake", "What happens when {S} {do_not} {base} {O}?"),
        Slot("limits", "What stands in the way", "What stands in the way",
             "What keeps {S} from {act}?", True),
        Slot("practice", "What helps in practice", "What helps in practice", "What helps {S} with {act}?", True),
        _EVIDENCE,
        _COSTS,
        _RULES,
    ),
    Kind.WHEN: (
        Slot("mechanism", "What {act} means", "Background", "What does {act} mean, and how does it work?", True),
        Slot("occasion", "When it pays off", "When it pays off", "{whole}", True),
        Slot("practice", "How to go about it", "How to go about it",
             "What should be considered when {S}?", True),
        Slot("performance", "Effect on performance", "Effect on performance", "How does {S} affect performance?"),
        _LIMITS,
        Slot("rules", "Requirements and rules", "Requirements and rules", "What must be observed when {S}?"),
        _COSTS,
    ),
    Kind.AFFECT: (
        Slot("mechanism", "How {s} {verb} {o}", "How it comes about", "{whole}", True),
        Slot("effects", "Effects on {o}", "Effects", "What effects {do} {S} have on {O}?", True),
        Slot("evidence", "What studies found", "What studies found", "What have studies found about {S} and {O}?"),
        _LIMITS,
        Slot("practice", "What helps", "What helps", "What can be done about the effects of {S} on {O}?", True),
        _OUTLOOK,
    ),
    Kind.WHY: (
        Slot("mechanism", "{how} {s} {verb} {o}", "The short answer", "{whole}", True),
        Slot("evidence", "What studies found", "What studies found",
             "What have studies found about {how} {S} {verb} {O}?", True),
        Slot("effects", "What follows from it", "What follows from it", "What follows when {S} {verb} {O}?", True),
        Slot("practice", "In practice", "In practice", "What matters in practice when {S} {verb} {O}?", True),
        Slot("outlook", "Open questions", "Open questions", "What is still uncertain about {how} {S} {verb} {O}?"),
    ),
    Kind.WHAT: (_WORKING, _PERFORMANCE, _EFFECTS, _COSTS, _LIMITS, _PRACTICE, _RULES),
    Kind.WHETHER: (
        _WHOLE,
        Slot("evidence", "What studies found", "What studies found", "What have studies found about {S}?", True),
        _EFFECTS, _COSTS, _LIMITS, _PRACTICE, _ALTERNATIVES,
    ),
    Kind.PHRASE: (_BACKGROUND, _EFFECTS, _EVIDENCE, _COSTS, _LIMITS, _PRACTICE, _OUTLOOK),
}  # fmt: skip

ASIDE: tuple[Slot, ...] = (
    Slot("mechanism", "The short answer", "The short answer", "{whole}", True),
    Slot("evidence", "What studies found", "What studies found", "What have studies found: {clause}?", True),
    Slot("effects", "What follows from it", "What follows from it", "What follows from it: {clause}?"),
    Slot("limits", "Limits and risks", "Limits and risks", "Where are the limits: {clause}?", True),
    Slot("practice", "In practice", "In practice", "What matters in practice: {clause}?", True),
    Slot("costs", "Costs", "Costs", "What does it cost: {clause}?"),
)
"""For topics whose grammar cannot be told."""

SEARCH_WORDS = {
    "basics": "definition explained overview",
    "mechanism": "overview explained principle",
    "effects": "effects benefits",
    "evidence": "study trial results",
    "performance": "efficiency performance measured",
    "costs": "cost price savings",
    "upfront": "price cost installation purchase",
    "running": "running costs bill tariff",
    "support": "grant subsidy loan funding",
    "savings": "saving payback repay",
    "comparison": "compared difference alternatives",
    "limits": "problems risks limits mistakes",
    "practice": "guidance recommendations choosing",
    "rules": "rules permission requirements",
    "occasion": "when benefits worthwhile",
    "outlook": "open questions research",
}
