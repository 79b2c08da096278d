"""Every engine against a server that speaks the engine's real wire format."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from core.errors import SearchError, SettingsError
from core.models import Hit
from core.search import ENGINES, SERVICES, EngineDown
from core.search.arxiv import Arxiv
from core.search.brave import Brave
from core.search.duckduckgo import DuckDuckGo
from core.search.library import Library
from core.search.searxng import Searxng
from core.search.tavily import Tavily
from core.search.wikipedia import Wikipedia

JSON = {"content-type": "application/json"}

DUCKDUCKGO = """<!DOCTYPE html><html><body><div id="links" class="results">
<div class="result results_links results_links_deep result--ad "><div class="links_main links_deep result__body">
 <h2 class="result__title"><a rel="nofollow" class="result__a"
  href="https://duckduckgo.com/y.js?ad_domain=shop.example&amp;u3=https%3A%2F%2Fbing.com">Buy pumps</a></h2></div></div>
<div class="result results_links results_links_deep web-result "><div class="links_main links_deep result__body">
 <h2 class="result__title"><a rel="nofollow" class="result__a"
  href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fheat.example%2Fnoise%3Fa%3D1&amp;rut=abc">How <b>loud</b> is it?</a></h2>
 <a class="result__snippet" href="//duckduckgo.com/l/?uddg=x">As loud as a <b>fridge</b> &amp; quieter.</a></div></div>
<div class="result results_links results_links_deep web-result "><div class="links_main links_deep result__body">
 <h2 class="result__title"><a rel="nofollow" class="result__a" href="https://plain.example/">Plain</a></h2></div></div>
<div class="result"><a class="result__a" href="javascript:alert(1)">Bad</a></div>
<div class="nav-link"><form action="/html/" method="post"><input type="submit" class="btn" value="Next"></form></div>
</div></body></html>"""

WIKIPEDIA = {
    "batchcomplete": True,
    "continue": {"sroffset": 2, "continue": "-||"},
    "query": {
        "searchinfo": {"totalhits": 2, "suggestion": "heat pump"},
        "search": [
            {
                "ns": 0,
                "title": "Heat pump",
                "pageid": 1,
                "snippet": 'A <span class="searchmatch">heat</span> pump &amp; more',
            },
            {"ns": 0, "title": "Wärme/Pumpe?", "pageid": 2, "snippet": ""},
        ],
    },
}

ARXIV = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <link href="http://arxiv.org/api/query?search_query%3Dall" rel="self" type="application/atom+xml"/>
  <title type="html">ArXiv Query: search_query=all:heat AND all:pump</title>
  <opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">1</opensearch:totalResults>
  <entry>
    <id>http://arxiv.org/abs/2101.00001v2</id><updated>2022-02-03T10:00:00Z</updated><published>2021-01-01T10:00:00Z</published>
    <title>Heat pumps
  in theory</title><summary>  We study
 heat pumps.
</summary><author><name>Ada Byron</name></author>
    <link href="http://arxiv.org/abs/2101.00001v2" rel="alternate" type="text/html"/>
    <link title="pdf" href="http://arxiv.org/pdf/2101.00001v2" rel="related" type="application/pdf"/>
  </entry>
</feed>"""

ARXIV_ERROR = """<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><entry>
<id>http://arxiv.org/api/errors#start_must_be_an_integer</id><title>Error</title>
<summary>start must be an integer</summary>
</entry></feed>"""

SEARXNG = {
    "query": "q",
    "number_of_results": 0,
    "results": [
        {"url": "https://a.example/1", "title": "One", "content": "First <b>one</b>", "engine": "bing",
         "engines": ["bing"], "positions": [1], "score": 1.0, "category": "general",
         "publishedDate": "2025-03-04T00:00:00"},
        {"url": "https://a.example/2", "title": "Two", "content": None, "publishedDate": None},
    ],
    "answers": [], "corrections": [], "infoboxes": [], "suggestions": [],
    "unresponsive_engines": [["google", "timeout"]],
}  # fmt: skip

TAVILY = {
    "query": "q", "follow_up_questions": None, "answer": None, "images": [], "response_time": 1.2,
    "results": [{"title": "One", "url": "https://a.example/1", "content": "First", "score": 0.9, "raw_content": None,
                 "published_date": "2025-03-04"}],
}  # fmt: skip

BRAVE = {
    "type": "search",
    "query": {"original": "q"},
    "web": {"type": "search", "results": [
        {"title": "One &amp; only", "url": "https://a.example/1", "description": "<strong>First</strong> one",
         "page_age": "2025-03-04T10:00:00", "age": "March 4, 2025", "language": "en"}]},
}  # fmt: skip


def engine(name, site, client):
    base = f"{site.url}/api"
    return {
        "duckduckgo": lambda: DuckDuckGo(fetch=client.get, base_url=base),
        "wikipedia": lambda: Wikipedia(fetch=client.get, base_url=site.url),
        "arxiv": lambda: Arxiv(fetch=client.get, base_url=base),
        "searxng": lambda: Searxng(fetch=client.get, base_url=site.url),
        "tavily": lambda: Tavily(post=client.post_json, api_key=SecretStr("tvly-k"), base_url=site.url),
        "brave": lambda: Brave(fetch=client.get, api_key="brave-k", base_url=base),
    }[name]()


PATHS = {
    "duckduckgo": "/api", "wikipedia": "/w/api.php", "arxiv": "/api", "searxng": "/search", "tavily": "/search",
    "brave": "/api",
}  # fmt: skip
BODIES = {
    "duckduckgo": DUCKDUCKGO,
    "wikipedia": json.dumps(WIKIPEDIA),
    "arxiv": ARXIV,
    "searxng": json.dumps(SEARXNG),
    "tavily": json.dumps(TAVILY),
    "brave": json.dumps(BRAVE),
}
WEB = list(PATHS)


def answer(name, site, body=None, status=200):
    site.on(PATHS[name], (status, JSON, (BODIES[name] if body is None else body).encode()))


def found(name, site, client, limit=10):
    answer(name, site)
    return [
        (h.url, h.title, h.snippet, h.published) for h in engine(name, site, client).search("heat pump", limit=limit)
    ]


def test_duckduckgo_results_lead_to_the_pages_themselves_and_advertisements_are_left_out(site, client):
    assert found("duckduckgo", site, client) == [
        ("https://heat.example/noise?a=1", "How loud is it?", "As loud as a fridge & quieter.", None),
        ("https://plain.example/", "Plain", "", None),
    ]
    assert site.seen[0][0].startswith("/api?q=heat")


def test_duckduckgo_finds_nothing_or_says_that_it_takes_us_for_a_robot(site, client):
    answer("duckduckgo", site, "<html><div class='no-results'>No results.</div></html>")
    assert engine("duckduckgo", site, client).search("x", limit=5) == []
    answer("duckduckgo", site, "<html><form id='challenge-form' action='//duckduckgo.com/anomaly.js'>", status=202)
    with pytest.raises(EngineDown, match="robot"):
        engine("duckduckgo", site, client).search("x", limit=5)


def test_wikipedia_results_have_the_addresses_of_articles(site, client):
    assert found("wikipedia", site, client) == [
        (f"{site.url}/wiki/Heat_pump", "Heat pump", "A heat pump & more", None),
        (f"{site.url}/wiki/W%C3%A4rme/Pumpe%3F", "Wärme/Pumpe?", "", None),
    ]
    answer("wikipedia", site, json.dumps({"error": {"code": "srsearch-too-long", "info": "..."}}))
    with pytest.raises(SearchError, match="too-long"):
        engine("wikipedia", site, client).search("x", limit=1)


def test_wikipedia_in_another_language(client):
    assert Wikipedia(fetch=client.get, language="de")._base_url == "https://de.wikipedia.org"


def test_arxiv_results_lead_to_the_text(site, client):
    url = "https://arxiv.org/pdf/2101.00001v2"
    assert found("arxiv", site, client) == [(url, "Heat pumps in theory", "We study heat pumps.", "2021-01-01")]
    answer("arxiv", site, ARXIV_ERROR)
    with pytest.raises(SearchError, match="integer"):
        engine("arxiv", site, client).search("x", limit=1)
    assert engine("arxiv", site, client).search("?!", limit=1) == []


def test_engines_are_asked_for_dates_where_they_know_them(site, client):
    answer("arxiv", site)
    answer("tavily", site)
    days = ("2024-01-01", "2024-06-30")
    Arxiv(fetch=client.get, base_url=f"{site.url}/api", published=days).search("heat pump", limit=3)
    assert "submittedDate%3A%5B202401010000+TO+202406302359%5D" in site.seen[-1][0]
    answer("brave", site)
    Brave(fetch=client.get, api_key="k", base_url=f"{site.url}/api", dated=days).search("heat pump", limit=3)
    assert "freshness=2024-01-01to2024-06-30" in site.seen[-1][0]
    Brave(fetch=client.get, api_key="k", base_url=f"{site.url}/api").search("heat pump", limit=3)
    assert "freshness" not in site.seen[-1][0]
    sent = []

    def post(url, payload, headers=None, **kind):
        sent.append(payload)
        return client.post_json(url, payload, headers, **kind)

    Tavily(post=post, api_key="k", base_url=site.url, dated=("2024-01-01", None)).search("heat pump", limit=3)
    assert {"start_date": "2024-01-01"}.items() <= sent[0].items()
    assert "end_date" not in sent[0]


def test_arxiv_does_not_open_files_of_this_machine(site, client, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    body = ARXIV.replace("<feed", f'<!DOCTYPE feed [<!ENTITY x SYSTEM "file://{secret}">]><feed', 1).replace(
        "We study", "&x;"
    )
    answer("arxiv", site, body)
    assert "the secret" not in str(engine("arxiv", site, client).search("x", limit=1))


def test_searxng_results_and_an_instance_without_json(site, client):
    assert found("searxng", site, client) == [
        ("https://a.example/1", "One", "First one", "2025-03-04"),
        ("https://a.example/2", "Two", "", None),
    ]
    answer("searxng", site, "", status=403)
    with pytest.raises(EngineDown) as error:
        engine("searxng", site, client).search("x", limit=1)
    assert "settings.yml" in error.value.remedy
    answer("searxng", site, json.dumps({**SEARXNG, "results": []}))
    with pytest.raises(EngineDown, match="none of its own"):
        engine("searxng", site, client).search("x", limit=1)


def test_tavily_sends_its_key_and_reads_results(site, client):
    assert found("tavily", site, client) == [("https://a.example/1", "One", "First", "2025-03-04")]
    assert site.seen[0][1]["authorization"] == "Bearer tvly-k"


def test_brave_sends_its_key_and_reads_results(site, client):
    assert found("brave", site, client) == [("https://a.example/1", "One & only", "First one", "2025-03-04")]
    assert site.seen[0][1]["x-subscription-token"] == "brave-k"
    answer("brave", site, json.dumps({"type": "search", "query": {}}))
    assert engine("brave", site, client).search("x", limit=3) == []


def test_the_library_is_asked_without_a_network():
    library = Library(lookup=lambda query, limit: [Hit(url=f"library:c/{n}", snapshot_id=n) for n in range(limit + 2)])
    hits = library.search("pump", limit=3)
    assert [(h.url, h.rank, h.engine, h.query, h.snapshot_id) for h in hits] == [
        (f"library:c/{n}", n, "library", "pump", n) for n in range(3)
    ]


# --- what all of them share ---------------------------------------------------------------


@pytest.mark.parametrize("name", WEB)
def test_hits_are_numbered_named_and_limited(name, site, client):
    answer(name, site)
    hits = engine(name, site, client).search("heat pump", limit=1)
    assert [(h.rank, h.engine, h.query) for h in hits] == [(0, name, "heat pump")]


@pytest.mark.parametrize("name", WEB)
@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_a_refusal_ends_the_asking_and_says_what_to_do(name, status, site, client):
    site.on(PATHS[name], (status, {"retry-after": "3600"}, b"{}"))
    with pytest.raises(EngineDown) as error:
        engine(name, site, client).search("x", limit=1)
    assert name in error.value.message
    assert error.value.remedy


@pytest.mark.parametrize("name", WEB)
@pytest.mark.parametrize("body", ["", "{", "[]", '{"results": 5, "query": 5, "web": 5}', "<html></html>", "null"])
def test_an_answer_in_another_form_is_an_error_not_nothing_found(name, body, site, client):
    answer(name, site, body)
    with pytest.raises(SearchError):
        engine(name, site, client).search("x", limit=1)


@pytest.mark.parametrize("name", WEB)
def test_an_engine_out_of_reach_says_so(name, site, client):
    one = engine(name, site, client)
    site.close()
    with pytest.raises(EngineDown, match=f"Cannot reach {name}"):
        one.search("x", limit=1)


class Fixed:
    """An answer already here."""

    url, status = "", 200

    def __init__(self, body):
        self.body = body


@settings(max_examples=60, deadline=None)
@given(
    body=st.binary(max_size=300)
    | st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda x: st.lists(x, max_size=3)
        | st.dictionaries(st.sampled_from(["results", "query", "search", "web", "url", "title"]), x, max_size=4))
    .map(lambda value: json.dumps(value).encode())
)  # fmt: skip
def test_whatever_an_engine_answers_the_result_is_hits_or_a_search_error(body):
    give = lambda *a, **k: Fixed(body)  # noqa: E731
    for one in (
        DuckDuckGo(fetch=give), Wikipedia(fetch=give), Arxiv(fetch=give), Searxng(fetch=give, base_url="http://x"),
        Tavily(post=give, api_key="k"), Brave(fetch=give, api_key="k"),
    ):  # fmt: skip
        try:
            assert all(isinstance(hit, Hit) for hit in one.search("heat", limit=3))
        except SearchError:
            continue


@pytest.mark.parametrize("key", ["", "  ", "new\nline", "ключ"])
def test_an_unusable_key_is_a_setting_to_correct(key, client):
    for make in (lambda: Tavily(post=client.post_json, api_key=key), lambda: Brave(fetch=client.get, api_key=key)):
        with pytest.raises(SettingsError):
            make()


def test_keys_are_not_shown(client):
    for one in (Tavily(post=client.post_json, api_key="tvly-secret"), Brave(fetch=client.get, api_key="tvly-secret")):
        assert "tvly-secret" not in repr(vars(one))


def test_every_engine_stands_on_the_shelf_with_its_settings():
    assert set(ENGINES.names()) >= {"library", *WEB}
    for name in ENGINES.names():
        fields = {field.name for field in ENGINES.fields(name)}
        assert fields & SERVICES, name
    assert {f.name for f in ENGINES.fields("wikipedia")} - SERVICES == {"language", "base_url"}
