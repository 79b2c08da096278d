"""Structured answers: how to ask for JSON of a given shape, and how to read what comes.

Servers differ in what they enforce, so there is a ladder from strict schemas down to a
plain request in words; the answer is checked against the pydantic model at every rung,
because some servers accept a schema and do not keep to it.
"""

import functools
import json
import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from core.language.thinking import without_thinking

Model = TypeVar("Model", bound=BaseModel)

LADDER = ("json_schema", "json_object_schema", "json_object", "words")
"""Most enforced first. The second is llama.cpp's own dialect; the last sends no `response_format`."""

_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)(?:\n```|$)", re.DOTALL)


def response_format(rung: str, answer: type[BaseModel]) -> dict[str, Any] | None:
    """What goes out as `response_format` at a rung of the ladder; None for the last."""
    if rung == "json_schema":
        schema = {"name": answer.__name__, "strict": True, "schema": strict_schema(answer)}
        return {"type": "json_schema", "json_schema": schema}
    if rung == "json_object_schema":
        return {"type": "json_object", "schema": strict_schema(answer)}
    return {"type": "json_object"} if rung == "json_object" else None


def in_words(answer: type[BaseModel]) -> str:
    """The request for JSON in words; stands at the end of the system prompt below the first rung."""
    schema = json.dumps(answer.model_json_schema(), ensure_ascii=False)
    return f"\n\nAnswer with one JSON object and nothing else. It matches this JSON schema:\n{schema}"


@functools.cache
def strict_schema(answer: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON schema in the strict dialect: closed objects, every field required, no defaults.

    Made once, as it takes 20 ms: not to be changed.
    """
    return _strict(answer.model_json_schema())


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(part) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"]}  # strict schemas allow nothing beside a reference
    closed: dict[str, Any] = {}
    for key, part in node.items():
        if key in ("properties", "$defs"):
            closed[key] = {name: _strict(field) for name, field in part.items()}
        elif key != "default":
            closed[key] = _strict(part)
    if "properties" in closed:
        closed |= {"required": list(closed["properties"]), "additionalProperties": False}
    return closed


def read(text: str, answer: type[Model]) -> Model:
    """The answer in a model's text.

    Raises:
        ValueError: no JSON, or of another shape; the message says what is wrong, briefly.
    """
    try:
        return answer.model_validate_json(json_part(text))
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc'])) or 'answer'}: {e['msg']}" for e in error.errors()[:6]]
        raise ValueError("; ".join(faults)) from error


def json_part(text: str) -> str:
    """The first JSON object of a text, without thoughts, code fences and talk around it.

    >>> json_part('Sure! ```json\\n{"a": 1}\\n```')
    '{"a": 1}'
    """
    text = without_thinking(text).strip()
    if not text.startswith("{") and (fenced := _FENCED.search(text)):
        text = fenced.group(1).strip()
    start = text.find("{")
    if start < 0:
        return text
    try:
        _, end = json.JSONDecoder().raw_decode(text, start)
    except (json.JSONDecodeError, RecursionError):
        return text[start:]
    return text[start:end]


def repair_request(fault: str, answer: type[BaseModel]) -> str:
    """What the model is told after an answer that could not be read."""
    return f"That answer cannot be used: {fault}. Give the whole answer again, corrected.{in_words(answer)}"
