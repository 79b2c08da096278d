"""Publications: what is known of an article at a target."""

from core.models import Receipt
from core.store import Store


def receipt(status: str, at: str) -> Receipt:
    return Receipt(target="site", key="k", status=status, url=None, remote_id="1", content_hash="", at=at)


def test_the_last_receipt_is_the_newest_of_what_may_still_stand_there(store: Store):
    rows = store.publications
    row = rows.plan("r1", key="k", target="site", slug="tides")
    other = rows.plan("r2", key="other", target="site", slug="ebb")
    assert rows.last_receipt(row.id) is None
    for status, at in (("live", "2026-01-01"), ("withdrawn", "2026-01-02")):
        rows.receipt(row.id, receipt(status, at))
    rows.receipt(other.id, receipt("live", "2026-01-03"))
    assert rows.last_receipt(row.id) == receipt("withdrawn", "2026-01-02")
    rows.receipt(row.id, receipt("deleted", "2026-01-04"))
    assert rows.last_receipt(row.id) is None
    rows.receipt(row.id, receipt("draft", "2026-01-05"))
    assert rows.last_receipt(row.id) == rows.receipts(row.id)[0]
