"""What verifying again found, for the command line."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from core.models import Verification
from core.verification.snapshots import Check


def as_data(run_id: str, checks: Sequence[Check], found: Verification | None) -> dict[str, Any]:
    """As plain values; `live` is None when only snapshots were asked."""
    failed = [asdict(check) for check in checks if not check.holds]
    return {"run": run_id, "claims": len(checks), "failed": failed, "live": asdict(found) if found else None}


def told(run_id: str, checks: Sequence[Check], found: Verification | None) -> Iterator[str]:
    """Lines for a person: first what does not hold, then the sums."""
    failed = [check for check in checks if not check.holds]
    for check in failed:
        yield f"does not hold ({check.was} -> {check.now}): {check.sentence}\n    {check.why}"
    if found:
        for one in found.findings:
            yield f"{one.state}: {one.sentence}\n    {one.title}, {one.url}: {one.reason}"
            if one.after:
                yield f"    before: {one.before}\n    now:    {one.after}"
    yield f"{run_id}: {len(checks) - len(failed)} of {len(checks)} claims hold by their snapshots."
    if found:
        counts = ", ".join(f"{number} {state}" for state, number in sorted(found.counts.items(), key=lambda p: -p[1]))
        yield f"Their sources today: {counts or 'none'}."
        for look in found.looks:
            if look.state not in ("current", "changed"):
                yield f"  {look.state}: {look.title}, {look.url}: {look.message}"
        if found.proposal == "open":
            yield "An update is proposed; it waits for you in the studio."
