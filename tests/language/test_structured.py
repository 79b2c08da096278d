"""Reading answers out of whatever a model wraps around them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.language.faults import pause_s, quoted
from core.language.structured import json_part, read, strict_schema
from core.language.tasks import EditAnswer, JudgeAnswer, PlanAnswer, QueriesAnswer
from core.language.thinking import SpokenPart, without_thinking

TALK = st.text(alphabet=st.characters(exclude_characters="{}<>`"), max_size=30)
QUERIES = st.builds(QueriesAnswer, queries=st.lists(st.text(max_size=30), max_size=4))


@given(QUERIES, TALK, TALK, st.sampled_from(["{}", "```json\n{}\n```", "```\n{}\n```", "<think>a {{b}}</think>{}"]))
def test_an_answer_is_found_in_talk_fences_and_thoughts(answer: QueriesAnswer, before: str, after: str, wrap: str):
    wrapped = wrap.replace("{{b}}", "(b)").replace("{}", answer.model_dump_json())
    if "<think>" not in wrap:
        wrapped = before + "\n" + wrapped
    assert read(wrapped + "\n" + after, QueriesAnswer) == answer


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_reason(text: str):
    json_part(text)
    with pytest.raises(ValueError, match="."):
        read(text, PlanAnswer)


@pytest.mark.parametrize("answer", [PlanAnswer, QueriesAnswer, EditAnswer, JudgeAnswer])
def test_strict_schemas_close_every_object_and_require_every_field(answer):
    def objects(node):
        if isinstance(node, dict):
            if "properties" in node:
                yield node
            for part in node.values():
                yield from objects(part)
        elif isinstance(node, list):
            for part in node:
                yield from objects(part)

    schema = strict_schema(answer)
    assert '"default"' not in json.dumps(schema)
    for node in objects(schema):
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])


@given(st.text(alphabet="ab <>/think\n", max_size=40), st.booleans(), st.lists(st.integers(1, 9), min_size=1))
def test_a_stream_shows_what_the_whole_text_says(text: str, thinks: bool, cuts: list[int]):
    whole = f"<think>{text.replace('</think>', '')}</think>{text}" if thinks else text
    spoken, shown, at, turn = SpokenPart(), "", 0, 0
    while at < len(whole):
        step = cuts[turn % len(cuts)]
        shown += spoken.feed(whole[at : at + step])
        at, turn = at + step, turn + 1
    shown += spoken.end()
    if "</think>" not in text:
        assert shown.strip() == without_thinking(whole).strip()


def test_a_server_is_waited_for_as_long_as_it_asks_but_not_for_ever():
    def pause(attempt: int, **headers: str) -> float:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return pause_s(attempt, base_s=0.5, longest_s=20, jitter=0.5, headers=named)

    assert [pause(1), pause(2), pause(9)] == [0.5, 1.0, 20]
    assert pause(1, retry_after="7") == 7
    assert pause(1, retry_after="3600") == 20
    assert pause(1, retry_after="Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert pause(1, retry_after="soon") == 0.5


def test_a_servers_words_are_quoted_without_keys():
    assert quoted("bad key sk-proj-abc123def456 given") == "bad key (key) given"
    assert len(quoted("x " * 500)) == 200
