"""A prompt that is longer than the model reads is shortened where it may be, and never sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LanguageError
from core.language.fitting import BEGIN, END, fit
from tests.language.requests_to_models import prose_task

HEAD = "The passages below are quoted.\n"
ORDER = "\n\nWrite the section."


def task(passages: list[str], name: str = "write", max_tokens: int = 500):
    return prose_task(f"{HEAD}{BEGIN}\n" + "\n".join(passages) + f"\n{END}{ORDER}", name=name, max_tokens=max_tokens)


@given(
    st.lists(st.text("abc é", min_size=1, max_size=400).map(str.strip), min_size=1, max_size=30),
    st.integers(700, 3_000),
)
def test_the_best_passages_stay_and_what_is_sent_always_fits(texts: list[str], context: int):
    passages = [f"[{n}] {text}\n    from: a page" for n, text in enumerate(texts, 1)]
    asked = task(passages)
    try:
        fitting, left_out = fit(asked, context)
    except LanguageError:
        assert len(asked.system + HEAD + ORDER + passages[0]) / 4 * 1.1 + 500 > context - 30
        return
    assert fitting == task(passages[: len(passages) - left_out])
    assert len(fitting.system + fitting.user) / 4 + 500 <= context
    if left_out:
        more = task(passages[: len(passages) - left_out + 1])
        assert len(more.system + more.user) / 4 * 1.1 + 500 > context - 2, "no passage is left out that fits"


def test_a_judge_is_never_shown_less_than_it_judges():
    with pytest.raises(LanguageError, match="reads 1,000 at once") as told:
        fit(task(["[1] " + "x" * 3_000], name="judge"), 1_000)
    assert "context_tokens" in told.value.remedy
    with pytest.raises(LanguageError):
        fit(prose_task("x" * 20_000, name="write"), 2_000)
