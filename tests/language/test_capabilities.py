"""What is learned from a server's refusals, and what is not."""

import pytest

from core.language.capabilities import Capabilities
from core.language.structured import LADDER

SENT = {"max_tokens": 5, "temperature": 0.0, "stream_options": {}}


@pytest.mark.parametrize(
    ("complaint", "gone"),
    [
        ("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", "max_tokens"),
        ("Unsupported value: 'temperature' does not support 0 with this model.", "temperature"),
        ("temperature is not supported by this model", "temperature"),
        ("Unrecognized request argument supplied: stream_options", "stream_options"),
    ],
)
def test_a_refused_parameter_is_left_out_from_then_on(complaint: str, gone: str):
    known = Capabilities()
    assert known.adapt(complaint, SENT)
    sent = known.parameters(max_tokens=5, temperature=0.0, stream=True)
    assert set(SENT) - set(sent) == {gone}
    assert not known.adapt(complaint, sent), "the same refusal of the new form is no reason to send it again"


def test_a_server_that_quotes_the_topic_does_not_refuse_a_parameter():
    quoted = "messages: value is not valid, got [{'content': 'Write about the temperature of the sea'}]"
    assert not Capabilities().adapt(quoted, SENT)


def test_the_rung_that_worked_is_the_first_from_then_on():
    known = Capabilities()
    known.worked("json_object")
    assert known.rungs == LADDER[2:]
    known.worked("words")
    assert known.rungs == LADDER[2:], "one request that went lower does not pull the others down"
