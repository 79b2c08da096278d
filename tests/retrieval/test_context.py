"""Context: the budget is kept, sources take turns, nothing is left out without a reason."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.models import Passage
from core.retrieval.context import Numbering, assemble, cost
from core.retrieval.retrieve import Ranked

BODY = "A heat pump gives more heat than the electricity it uses, even in a cold winter in an old house."


def found(id_: int, score: float, *, source: int | None = None, text: str = BODY, repeats: int | None = None):
    passage = Passage(
        id=id_, source_id=source or id_, snapshot_id=source or id_, start=id_ * 1000,
        end=id_ * 1000 + len(text), text=text,
    )  # fmt: skip
    return Ranked(passage=passage, score=score, repeats=repeats)


def choose(ranked, budget=10_000, **more):
    items, _ = assemble(ranked, budget_tokens=budget, number=Numbering(), **more)
    return [item.passage.id for item in items if not item.left_out], {
        item.passage.id: item.left_out for item in items if item.left_out
    }


def test_a_passage_keeps_its_number_from_question_to_question():
    number = Numbering({2: 1})
    items, _ = assemble([found(5, 0.9), found(2, 0.8)], budget_tokens=1000, number=number)
    assert [(item.passage.id, item.number) for item in items] == [(5, 2), (2, 1)]
    assert number.numbers == {2: 1, 5: 2}


def test_the_weak_are_left_out_but_never_the_first_eight():
    ranked = [found(1, 0.9), *(found(n, 0.01) for n in range(2, 12))]
    used, left_out = choose(ranked)
    assert used == [1, 2, 3, 4, 5, 6, 7, 8]
    assert left_out == dict.fromkeys((9, 10, 11), "off the question")


def test_what_does_not_fit_is_left_out_and_a_smaller_one_takes_its_place():
    big = found(2, 0.8, text=BODY * 20)
    used, left_out = choose([found(1, 0.9), big, found(3, 0.7)], budget=2 * cost(found(1, 0.9).passage))
    assert used == [1, 3]
    assert left_out == {2: "over the token budget"}


def test_other_sources_come_before_a_third_passage_of_one():
    ranked = [found(n, 0.9 - n / 100, source=1) for n in range(1, 5)] + [found(9, 0.5)]
    budget = 3 * cost(ranked[0].passage)
    reason = "third passage of the same source"
    assert choose(ranked, budget) == ([1, 2, 9], {3: reason, 4: reason})


def test_a_single_source_may_fill_the_budget():
    used, left_out = choose([found(n, 0.9 - n / 100, source=1) for n in range(1, 7)])
    assert used == [1, 2, 3, 4, 5, 6]
    assert not left_out


def test_a_repeat_names_the_passage_it_repeats():
    big = found(2, 0.8, text=BODY * 20)
    ranked = [found(1, 0.9), big, found(4, 0.8, repeats=1), found(5, 0.1, repeats=2)]
    items, note = assemble(ranked, budget_tokens=100, number=Numbering({1: 3}))
    assert {item.passage.id: item.left_out for item in items} == {
        1: "", 2: "over the token budget", 4: "says the same as [3]", 5: "says the same as one left out",
    }  # fmt: skip
    assert note == "1 passage of 1 source used; 2 left out: says the same; 1 left out: over the token budget"


def test_a_passage_that_begins_with_a_pronoun_brings_the_one_before_it_along():
    first = found(1, 0.0, source=1, text="The Aldermoor trial ran for two winters.").passage
    it = found(2, 0.9, source=1, text="It measured 42 houses.")
    used, _ = choose([it, found(7, 0.8)], before=lambda p: first if p.id == 2 else None)
    assert used == [1, 2, 7]
    used, _ = choose([it, found(7, 0.8)], budget=cost(it.passage) + 5, before=lambda p: first)
    assert used == [2]


def test_rows_of_a_table_bring_its_head_and_list_items_their_announcement():
    head = found(1, 0.0, text="Yearly output:\n\n| year | heat |\n|---|---|\n| 2024 | 9 |").passage
    rows = found(2, 0.9, text="| 2025 | 8 |\n| 2026 | 7 |")
    assert choose([rows], before=lambda p: head)[0] == [1, 2]
    unrelated = found(1, 0.0, text="A paragraph about something else.").passage
    assert choose([rows], before=lambda p: unrelated)[0] == [2]
    needs = found(1, 0.0, text="The pump needs:").passage
    assert choose([found(2, 0.9, text="- a new filter")], before=lambda p: needs)[0] == [1, 2]


def test_a_passage_brought_along_is_not_used_twice_and_keeps_its_scores():
    first = found(1, 0.7, source=1, text="The Aldermoor trial ran for two winters.")
    it = found(2, 0.9, source=1, text="It measured 42 houses.")
    items, _ = assemble(
        [it, first], budget_tokens=1000, number=Numbering(), before=lambda p: first.passage if p.id == 2 else None
    )
    assert [(item.passage.id, item.score) for item in items] == [(1, 0.7), (2, 0.9)]


def test_passages_that_disagree_stand_side_by_side_whatever_their_ranks():
    ranked = [found(1, 0.9), found(2, 0.8), found(3, 0.7)]
    other, third = found(9, 0.0).passage, ranked[2].passage
    pairs = {1: [third], 2: [other], 3: [ranked[0].passage], 9: [ranked[1].passage]}
    items, _ = assemble(ranked, budget_tokens=1000, number=Numbering(), against=lambda p: pairs[p.id])
    assert [(item.passage.id, item.score) for item in items] == [(1, 0.9), (3, 0.7), (2, 0.8), (9, 0.8)]


ranked_lists = st.lists(
    st.tuples(st.integers(1, 4), st.floats(0, 1), st.integers(1, 12), st.booleans()), max_size=20
).map(
    lambda rows: [
        found(n + 1, score, source=source, text=("It is so. " if pronoun else "Heat pumps. ") * size)
        for n, (source, score, size, pronoun) in enumerate(sorted(rows, key=lambda row: -row[1]))
    ]
)


@settings(max_examples=150, deadline=None)
@given(ranked_lists, st.integers(0, 300), st.integers(1, 3))
def test_the_budget_is_never_exceeded_and_every_passage_is_accounted_for_once(ranked, budget, per_source):
    by_id = {item.passage.id: item.passage for item in ranked}
    items, _ = assemble(
        ranked, budget_tokens=budget, number=Numbering(), per_source=per_source, before=lambda p: by_id.get(p.id - 1),
        against=lambda p: [by_id[id_] for id_ in (p.id + 3, p.id - 3) if id_ in by_id],
    )  # fmt: skip
    used = [item for item in items if not item.left_out]
    assert sum(cost(item.passage) for item in used) <= budget
    assert sorted(item.passage.id for item in items) == sorted(by_id)
    assert [bool(item.left_out) for item in items] == sorted(bool(item.left_out) for item in items)
    assert sorted(item.number for item in used) == list(range(1, len(used) + 1))
    assert all(item.number == 0 for item in items if item.left_out)
