"""What became of a quote is told by its words: wherever they moved, whatever was written around them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.judging.alignment import align
from core.models import Passage, Sentence, Source, Standing, Verdict
from core.verification.compare import Now, compare, passages_of
from tests.verification.living_site import COST, FISH, FLOODS

SOURCE = Source(
    id=1, url="https://river.example/cost", title="The barrier", author=None, site=None, published=None,
    media_type="text/html", collection=None, snapshot_id=1, text_hash="", fetched_at="", words=0,
)  # fmt: skip
CITED = Passage(id=7, source_id=1, snapshot_id=1, start=0, end=len(COST.strip()), text=COST.strip())
CLAIMS = COST.strip().splitlines()


def sentence(text: str) -> Sentence:
    return Sentence(id=1, text=text, verdict=align(text, [CITED]))


def state(claim: str, text: str, verdict: Verdict | None = None) -> Standing:
    now = {1: Now(SOURCE, Standing.CHANGED, "", passages_of(text, SOURCE))}
    return compare(sentence(claim), [CITED], now).finding.state


@settings(max_examples=40, deadline=None)
@given(
    claim=st.sampled_from(CLAIMS), order=st.permutations(CLAIMS),
    around=st.lists(st.sampled_from([*FLOODS.strip().splitlines(), *FISH.strip().splitlines()]), max_size=6),
    glue=st.sampled_from([" ", "\n\n", "\n\n## More\n\n"]),
)  # fmt: skip
def test_words_that_still_stand_somewhere_are_current(claim: str, order: list[str], around: list[str], glue: str):
    assert state(claim, glue.join([*around, *order])) is Standing.CURRENT


@settings(max_examples=40, deadline=None)
@given(claim=st.sampled_from(CLAIMS), others=st.permutations(CLAIMS))
def test_words_that_are_nowhere_are_never_current(claim: str, others: list[str]):
    text = "\n\n".join(line for line in others if line != claim)
    assert state(claim, text) is Standing.GONE


def test_every_changed_figure_is_found():
    figures = {"£84 million": "£91 million", "12,400 homes": "9,800 homes", "3.2 metres": "2.7 metres",
               "45 minutes": "70 minutes", "£1.9 million": "£2.6 million"}  # fmt: skip
    for (old, new), claim in zip(figures.items(), CLAIMS, strict=True):
        assert old in claim
        assert state(claim, COST.replace(old, new)) is Standing.CONTRADICTED, claim


def test_a_quote_inside_its_own_denial_is_not_current():
    denied = COST.replace("The barrier protects 12,400", "It is not true that the barrier protects 12,400")
    assert state(CLAIMS[1], denied) is not Standing.CURRENT
