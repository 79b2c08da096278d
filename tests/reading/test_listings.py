"""Pages that list other pages are known by their shape."""

from core.reading.extract import extract

PROSE = (
    "<p>The pump moves heat from the cold outside to the warm inside, which takes less power than making it. The"
    " colder it is outside the harder that becomes, and so its makers give two figures instead of only one.</p>"
)


def listing(body: str) -> bool:
    page = f"<html><body><main><h1>Pumps</h1>{body}</main></body></html>".encode()
    return extract(page, url="https://a.example", media_type="text/html", fetched_at="2026-01-01T00:00:00Z").listing


def test_contents_and_indexes_are_listings_and_articles_with_links_are_not():
    links = "".join(f'<li><a href="/{n}">The chapter on pumps number {n}</a></li>' for n in range(40))
    assert listing(f"<ul>{links}</ul>")
    assert listing(f"<p>All there is.</p><ul>{links}</ul><script>{'var x = 1;' * 500}</script>")
    assert not listing(PROSE * 30 + f"<ul>{links}</ul>")
    assert not listing(PROSE * 5)
    assert not listing(PROSE + '<p><a href="/all">' + "One long link, and nothing else. " * 30 + "</a></p>")
