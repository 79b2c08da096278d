"""What was found in a record, as lines for a person to read."""

from collections.abc import Iterator

from core.record.check import Checked


def told(checked: Checked, *, own: str | None = None) -> Iterator[str]:
    """Lines: whose it is, what of each sentence holds, and the sum.

    Args:
        own: the fingerprint of the key of this machine, if it has one.
    """
    yield checked.title
    yield f"Run {checked.run}. Whole and unchanged since it was signed at {checked.signed_at}."
    whose = "this machine's own key" if checked.fingerprint == own else "a key this machine does not know"
    yield f"Signed by {checked.fingerprint}, {whose}."
    yield ""
    for check in checked.sentences:
        word = "holds" if check.holds else "FAILS"
        changed = f" ({check.was} -> {check.now or 'not judged'})" if check.now != check.was else f" ({check.was})"
        yield f"{word}{changed}: {check.sentence}"
        if not check.holds:
            yield f"      {check.why}"
        if check.let_stand:
            yield f"      A person let it stand: {check.let_stand}"
    yield ""
    yield from (f"FAILS: {problem}" for problem in checked.problems)
    yield from (f"note: {note}" for note in checked.notes)
    holding = sum(check.holds for check in checked.sentences)
    yield f"{holding} of {len(checked.sentences)} claims hold" + (
        "." if checked.holds else f", {len(checked.problems)} other faults. The record does not hold."
    )
