import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.search import canonical, markup
from core.search.canonical import canonical_url, same_page_key, without_tracking

SAME = [
    ("https://example.org", "https://example.org/"),
    ("https://Example.ORG/a", "HTTPS://example.org./a/"),
    ("https://example.org:443/a", "https://example.org/a#part"),
    ("http://example.org:80/a", "http://example.org/a"),
    ("https://example.org/a?b=1&a=2", "https://example.org/a?a=2&b=1"),
    ("https://example.org/a?utm_source=x&UTM_Medium=y&gclid=1&id=3", "https://example.org/a?id=3"),
    ("https://example.org/%7euser/%c3%a4", "https://example.org/~user/ä"),
    ("https://example.org/a?q=a%20b", "https://example.org/a?q=a+b"),
]
DIFFERENT = [
    ("https://example.org/a", "https://example.org/A"),
    ("https://example.org/a?id=1", "https://example.org/a?id=2"),
    ("https://example.org/a%2Fb", "https://example.org/a/b"),
    ("https://example.org:8443/", "https://example.org/"),
    ("https://a.example.org/", "https://example.org/"),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_two_spellings_of_one_page_are_one(one, two):
    assert canonical_url(one) == canonical_url(two)


@pytest.mark.parametrize(("one", "two"), DIFFERENT)
def test_two_pages_stay_two(one, two):
    assert canonical_url(one) != canonical_url(two)


def test_http_https_and_www_are_one_page_for_merging_only():
    assert same_page_key("http://www.example.org/a") == same_page_key("https://example.org/a/")
    assert canonical_url("http://www.example.org/a") != canonical_url("https://example.org/a")


@pytest.mark.parametrize(
    "url", ["library:c/a%20b.md", "", "not a url", "http://[", "mailto:a@b", "https://u:p@x.example/"]
)
def test_what_is_no_web_address_stays_as_it_is(url):
    assert canonical_url(url) == url
    assert without_tracking(url) == url


part = st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), max_size=12)


@given(
    path=part, query=part, fragment=part, host=st.sampled_from(["a.example", "[::1]", "Ä.example", "a.example:8080"])
)
def test_canonical_is_idempotent_and_so_is_dropping_tracking(path, query, fragment, host):
    url = f"https://{host}/{path}?{query}&utm_source=x#{fragment}"
    once = canonical_url(url)
    assert canonical_url(once) == once
    clean = without_tracking(url)
    assert without_tracking(clean) == clean
    assert same_page_key(clean) == same_page_key(url)


@given(st.text())
def test_any_text_is_survived(text):
    assert canonical_url(canonical_url(text)) == canonical_url(text)


@pytest.mark.parametrize("module", [canonical, markup])
def test_examples(module):
    assert doctest.testmod(module).failed == 0
