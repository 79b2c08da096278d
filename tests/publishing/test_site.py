"""The site in its folder: what a reader, a feed reader or a second publisher would miss."""

import json
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from lxml import html as parser

from core.errors import EditedThereError, PublishError, SettingsError
from core.models import Article
from core.publishing.blog import record_name
from core.publishing.difference import difference, in_terminal
from core.publishing.folder import Folder
from core.publishing.listing import PAGE as PAGE_SIZE
from core.publishing.record import Record, content_hash
from core.publishing.site import Site
from core.publishing.target import TARGETS

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SLUG = "do-heat-pumps-keep-old-houses-warm"
PAGE = f"posts/{SLUG}/index.html"


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every visible file with its bytes and the number of the inode that holds them."""
    return {
        f.relative_to(folder).as_posix(): (f.read_bytes(), f.stat().st_ino)
        for f in folder.rglob("*")
        if f.is_file() and not f.name.startswith(".")
    }


def read(folder: Path, name: str):
    return parser.document_fromstring((folder / name).read_bytes())


def feed_titles(folder: Path) -> list[str | None]:
    return [entry.findtext(f"{ATOM}title") for entry in ET.parse(folder / "feed.xml").iter(f"{ATOM}entry")]


def test_the_site_stands_on_the_shelf_with_its_settings():
    assert "site" in TARGETS.names()
    assert [field.name for field in TARGETS.fields("site")] == ["path", "title", "base_url"]
    with pytest.raises(SettingsError):
        TARGETS.create("site", path=Path("/nowhere"))


def test_publishing_makes_page_lists_feed_and_sitemap(site, folder, make):
    article = make()
    receipt = site.publish(article)
    assert (receipt.status, receipt.url) == ("live", f"https://proof.example/blog/posts/{SLUG}/")
    page = read(folder, PAGE)
    assert page.xpath("//h1")[0].text == article.title
    assert page.xpath("//link[@rel='canonical']/@href") == [receipt.url]
    data = json.loads(page.xpath("//script")[0].text)
    assert data["headline"] == article.title
    assert not page.xpath("//script[not(@type='application/ld+json')]")
    assert not page.xpath("//link[starts-with(@href, 'http') and @rel='stylesheet'] | //img | //iframe")
    assert read(folder, "index.html").xpath("//h2/a/@href") == [f"./posts/{SLUG}/"]
    assert read(folder, "tags/old-houses/index.html").xpath("//h2/a/@href") == [f"../../posts/{SLUG}/"]
    assert feed_titles(folder) == [article.title]
    places = [url.findtext(f"{SITEMAP}loc") for url in ET.parse(folder / "sitemap.xml").getroot()]
    assert places == ["https://proof.example/blog/", receipt.url]


def test_every_link_within_the_site_leads_somewhere(site, folder, make):
    site.publish(replace(make(), tags=("Heat & power", "熱")))
    site.publish(replace(make(), key="a/b: c", title="Über Wärme"))
    for page in folder.rglob("*.html"):
        if page.name == "404.html":
            continue
        tree = parser.document_fromstring(page.read_bytes())
        for link in [*tree.xpath("//a/@href"), *tree.xpath("//link[not(@rel='canonical')]/@href")]:
            if not link.startswith(("#", "http")):
                target = page.parent / _unquoted(link)
                assert (target / "index.html").is_file() or target.is_file(), (page, link)


def test_publishing_twice_writes_nothing(site, folder, make):
    site.publish(make())
    before = state(folder)
    receipt = site.publish(
        replace(make(), verified_at="2027-02-02", published_at="2027-02-02", modified_at="2027-02-02")
    )
    assert (receipt.status, receipt.changed) == ("unchanged", ())
    assert state(folder) == before


def test_an_update_keeps_address_and_first_date(site, folder, make):
    site.publish(make())
    changed = replace(
        make(),
        title="A new title",
        slug="a-new-title",
        published_at="2027-01-01",
        modified_at="2027-01-01T08:00:00+00:00",
    )
    receipt = site.publish(changed)
    assert (receipt.status, receipt.remote_id) == ("live", SLUG)
    data = json.loads(read(folder, PAGE).xpath("//script")[0].text)
    assert data["datePublished"] == "2026-11-22T10:00:00Z"
    assert data["dateModified"] == "2027-01-01T08:00:00Z"
    assert "Updated" in read(folder, PAGE).xpath("//header[@class='head']")[0].text_content()
    assert feed_titles(folder) == ["A new title"]
    assert len(list((folder / "posts").iterdir())) == 1


def test_two_articles_with_one_title_get_two_addresses(site, folder, make):
    first = site.publish(make())
    second = site.publish(replace(make(), key="run-2"))
    assert [first.remote_id, second.remote_id] == [SLUG, f"{SLUG}-2"]
    assert any(f"{SLUG}-2" in line and "taken" in line for line in second.changed)
    assert site.publish(replace(make(), key="run-2")).status == "unchanged"


def test_the_newest_stands_first(site, folder, make):
    for day, key in ((3, "c"), (9, "a"), (5, "b")):
        site.publish(replace(make(), key=key, title=key, slug=key, published_at=f"2026-01-0{day}"))
    assert [link.text for link in read(folder, "index.html").xpath("//h2/a")] == ["a", "b", "c"]
    assert feed_titles(folder) == ["a", "b", "c"]


def test_withdrawing_leaves_no_word_of_it(site, folder, make):
    site.publish(make())
    site.publish(replace(make(), key="run-2", title="Another", slug="another", tags=("heat pumps",)))
    receipt = site.withdraw("run-1")
    assert (receipt.status, receipt.url) == ("withdrawn", None)
    assert not (folder / "posts" / SLUG).exists()
    assert not (folder / "tags/old-houses").exists()
    assert (folder / "tags/heat-pumps/index.html").is_file()
    left = b"".join(content for content, _ in state(folder).values())
    assert b"Do heat pumps keep" not in left
    assert site.find("run-1").status == "withdrawn"
    assert site.withdraw("run-1").changed == ()


def test_a_withdrawn_article_comes_back_to_its_own_address(site, make):
    site.publish(make())
    site.withdraw("run-1")
    other = site.publish(replace(make(), key="run-2"))
    back = site.publish(replace(make(), published_at="2027-01-01"))
    assert [other.remote_id, back.remote_id, back.status] == [f"{SLUG}-2", SLUG, "live"]


def test_withdrawing_what_was_never_published_says_so(site):
    with pytest.raises(PublishError, match="run-9"):
        site.withdraw("run-9")


def test_find_reads_the_page_and_not_the_plan(site, folder, make):
    assert site.find("run-1") is None
    receipt = site.publish(make())
    assert site.find("run-1").content_hash == receipt.content_hash == content_hash(make())
    (folder / PAGE).write_text("<p>something else</p>")
    assert site.find("run-1") is None
    (folder / PAGE).write_text("")
    assert site.find("run-1") is None
    assert site.publish(make(), overwrite=True).changed[0].startswith(f"Wrote {PAGE}")
    assert site.find("run-1").status == "live"


def test_a_preview_tells_and_writes_nothing(site, folder, make):
    seen = site.preview(make())
    assert seen.requests[0].startswith("Write articles/run-1.json (")
    assert any(line.startswith(f"Write {PAGE}") for line in seen.requests)
    assert (seen.standing, seen.edited, seen.lost) == (None, False, ())
    assert "<link rel" not in seen.page.replace('<link rel="canonical"', "")
    assert "Half of them reached 2.6 to 3.2.[2]" in seen.sent
    assert not folder.exists()


def test_a_preview_shows_what_would_change_for_a_reader(site, make):
    last = site.publish(make())
    assert site.preview(make(), last=last).requests == ()
    changed = replace(make(), title="Do heat pumps keep small houses warm?")
    seen = site.preview(changed, last=last)
    assert in_terminal(difference(seen.standing, seen.sent)).splitlines()[0] == (
        "~ Do heat pumps keep [-old-]{+small+} houses warm?"
    )


@pytest.mark.parametrize("blocked", [PAGE, "index.html", "feed.xml", "articles/run-1.json"])
def test_a_write_that_fails_midway_leaves_old_files_whole_and_is_mended_by_the_next(site, folder, make, blocked):
    site.publish(make())
    before = state(folder)
    place = folder / blocked
    kept = place.rename(folder / "kept")
    place.mkdir()
    (place / "in the way").touch()
    with pytest.raises(PublishError) as raised:
        site.publish(replace(make(), title="A new title"))
    assert "move that away" in raised.value.remedy
    (place / "in the way").unlink()
    place.rmdir()
    kept.rename(place)
    for name, (content, _) in state(folder).items():
        whole = content.rstrip().endswith((b"</html>", b">", b"}"))
        assert content == before[name][0] or (whole and b"A new title" in content), name
    assert list((folder / ".tmp").iterdir()) == []
    assert site.publish(replace(make(), title="A new title")).status == "live"
    assert site.find("run-1").content_hash == content_hash(replace(make(), title="A new title"))


def test_a_reader_in_the_middle_of_a_page_goes_on_reading_the_old_one(site, folder, make):
    site.publish(make())
    old = (folder / PAGE).read_bytes()
    with (folder / PAGE).open("rb", buffering=0) as reader:
        half = reader.read(len(old) // 2)
        site.publish(replace(make(), title="A new title"))
        assert half + reader.read() == old


def test_a_publication_cut_short_is_seen_by_find(site, folder, make):
    old = site.publish(make())
    page = (folder / PAGE).read_bytes()
    site.publish(replace(make(), title="A new title"))
    (folder / PAGE).write_bytes(page)  # as if the machine had stopped after the record
    assert site.find("run-1").content_hash == old.content_hash
    assert site.publish(replace(make(), title="A new title")).changed[0].startswith(f"Wrote {PAGE}")


def test_an_orphan_of_a_withdrawal_cut_short_is_swept(site, folder, make):
    site.publish(make())
    page = (folder / PAGE).read_bytes()
    site.withdraw("run-1")
    (folder / PAGE).parent.mkdir(parents=True)
    (folder / PAGE).write_bytes(page)
    assert site.find("run-1").status == "live"
    assert site.withdraw("run-1").changed == (f"Removed {PAGE}",)


def test_two_publishers_of_one_key_make_one_page(folder, make):
    def publish(_: int) -> str:
        return Site(path=folder, title="The Proof", base_url="https://proof.example").publish(make()).status

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(publish, range(8)))
    assert statuses == ["live"] + ["unchanged"] * 7
    assert len(list((folder / "posts").iterdir())) == 1


def test_processes_that_publish_at_once_are_all_listed(folder, make):
    context = multiprocessing.get_context("fork")
    articles = [replace(make(), key=f"run-{n}") for n in range(4)]
    workers = [context.Process(target=_publish, args=(folder, article)) for article in articles]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert sorted(feed_titles(folder)) == [make().title] * 4
    assert len(list((folder / "posts").iterdir())) == 4


def test_a_writer_that_waits_in_vain_is_told_who_holds_the_folder(folder):
    second = Folder(folder, wait_s=0)
    with Folder(folder).writing(), pytest.raises(PublishError, match="Another publisher"), second.writing():
        pass


def test_a_new_title_of_the_site_reaches_every_page(site, folder, make):
    site.publish(make())
    renamed = Site(path=folder, title="The New Proof", base_url="https://new.example")
    assert any(line.startswith(f"Wrote {PAGE}") for line in renamed.rebuild())
    assert b"The New Proof" in (folder / PAGE).read_bytes()
    assert renamed.rebuild() == ()


def test_an_empty_site_says_that_it_is_empty(site, folder):
    site.rebuild()
    assert "Nothing has been published yet" in read(folder, "index.html").text_content()
    assert ET.parse(folder / "feed.xml").findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"


def test_hostile_words_break_neither_page_nor_feed(site, folder, make):
    words = "]]></title><script>alert(1)</script>\x00\x0b\ud800\u202e &amp; 'x'"
    article = replace(make(), title=words, slug="../../x", dek=words, tags=(words,), approved_by=words, key="../k")
    receipt = site.publish(article)
    assert receipt.remote_id == "x"
    page = read(folder, "posts/x/index.html")
    assert len(page.xpath("//script")) == 1
    assert json.loads(page.xpath("//script")[0].text)
    assert len(feed_titles(folder)) == 1
    assert {p.name for p in folder.parent.iterdir()} == {"site"}
    for listing in folder.rglob("index.html"):
        assert "alert" not in "".join(read(folder, listing.relative_to(folder)).xpath("//script[not(@type)]/text()"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key": ""}, "key"),
        ({"key": "k" * 200}, "key"),
        ({"key": "a\nb"}, "key"),
        ({"title": " \x00"}, "title"),
        ({"published_at": "yesterday"}, "time"),
    ],
)
def test_an_article_that_cannot_be_published_is_refused_before_anything_is_written(site, folder, make, change, said):
    with pytest.raises(PublishError, match=said):
        site.publish(replace(make(), **change))
    assert not folder.exists()


@pytest.mark.parametrize("base_url", ["", "proof.example", "ftp://proof.example", "https://a.example/?q=1"])
def test_check_refuses_an_address_that_is_none(folder, base_url):
    with pytest.raises(PublishError, match="address"):
        Site(path=folder, title="T", base_url=base_url).check()


def test_check_refuses_a_folder_that_is_somebody_elses(site, folder):
    folder.mkdir()
    (folder / "index.html").write_text("<h1>My other blog</h1>")
    with pytest.raises(PublishError, match="another site"):
        site.check()
    assert (folder / "index.html").read_text() == "<h1>My other blog</h1>"


def test_check_refuses_what_is_no_folder_and_passes_a_new_one(site, folder):
    folder.write_text("a file")
    with pytest.raises(PublishError) as raised:
        site.check()
    assert raised.value.remedy
    folder.unlink()
    site.check()


def test_a_damaged_record_is_named(site, folder, make):
    site.publish(make())
    (folder / "articles/run-1.json").write_text("{")
    with pytest.raises(PublishError, match=r"run-1\.json"):
        site.publish(make())


def test_a_full_disk_is_told_as_such(site, make):
    # /dev/full answers every write as a full disk does
    with (
        pytest.raises(PublishError) as raised,
        Folder(Path("/dev")).faults("take full"),
        open("/dev/full", "w") as full,
    ):
        full.write("x")
    assert "Free some space" in raised.value.remedy


def _publish(folder: Path, article) -> None:
    Site(path=folder, title="The Proof", base_url="https://proof.example").publish(article)


def _unquoted(link: str) -> str:
    return unquote(link)


# --- covers, other people's hands, and a long history ---------------------------------------------------------------


def test_the_cover_stands_on_the_page_in_the_lists_and_on_cards(site, folder, make, cover):
    article = replace(make(), cover=cover, description="For search engines.", canonical_url="https://first.example/a")
    site.publish(article)
    name = f"{cover.hash[:16]}.png"
    assert (folder / "media" / name).read_bytes() == Path(cover.path).read_bytes()
    page = read(folder, PAGE)
    image = page.xpath("//figure[@class='cover']/img")[0]
    assert (image.get("src"), image.get("alt")) == (f"../../media/{name}", "A heat pump <outside>")
    said = {meta.get("property") or meta.get("name"): meta.get("content") for meta in page.xpath("//meta")}
    assert said["og:image"] == f"https://proof.example/blog/media/{name}"
    assert said["description"] == "For search engines."
    assert page.xpath("//link[@rel='canonical']/@href") == ["https://first.example/a"]
    assert read(folder, "index.html").xpath("//a[@class='thumb']/img/@src") == [f"./media/{name}"]
    assert "first.example" not in (folder / "sitemap.xml").read_text()
    assert PAGE.removesuffix("index.html") not in unquote((folder / "sitemap.xml").read_text())
    assert cover.path not in (folder / "articles/run-1.json").read_text()


def test_a_cover_goes_with_its_article_and_not_before(site, folder, make, cover):
    for key in ("run-1", "run-2"):
        site.publish(replace(make(), key=key, cover=cover))
    site.withdraw("run-1")
    assert len(list((folder / "media").iterdir())) == 1
    site.delete("run-2")
    assert not (folder / "media").exists()


def test_a_cover_that_was_exchanged_since_it_was_approved_is_refused(site, folder, make, cover):
    Path(cover.path).write_bytes(b"something else")
    with pytest.raises(PublishError, match="changed since it was chosen"):
        site.publish(replace(make(), cover=cover))
    assert not (folder / "posts").exists()


def test_a_page_edited_by_hand_is_never_overwritten_unasked(site, folder, make):
    last = site.publish(make())
    page = folder / PAGE
    page.write_text(page.read_text().replace("The median factor was 2.9.", "The median factor was 3.1."))
    changed = replace(make(), title="A new title")
    assert site.find("run-1").revision != last.revision
    seen = site.preview(changed, last=last)
    assert seen.edited
    assert "3.1" in in_terminal(difference(seen.standing, seen.sent))
    for again in (last, None):
        with pytest.raises(EditedThereError):
            site.publish(changed, last=again)
    Site(path=folder, title="Another title", base_url="https://proof.example").rebuild()
    assert "3.1" in page.read_text()
    receipt = site.publish(changed, last=last, overwrite=True)
    assert "3.1" not in page.read_text()
    assert site.find("run-1").revision == receipt.revision


def test_a_page_removed_by_hand_is_a_persons_turn(site, folder, make):
    last = site.publish(make())
    (folder / PAGE).unlink()
    with pytest.raises(EditedThereError, match="removed"):
        site.publish(make(), last=last)
    assert site.publish(make(), last=last, overwrite=True).status == "live"


def test_a_new_look_is_no_edit(site, folder, make):
    last = site.publish(make())
    renamed = Site(path=folder, title="The New Proof", base_url="https://proof.example/blog")
    renamed.rebuild()
    assert renamed.find("run-1").revision == last.revision
    assert renamed.publish(make(), last=last).status == "unchanged"


def test_deleting_leaves_nothing_and_frees_the_address(site, folder, make):
    site.publish(make())
    assert site.delete("run-1").status == "deleted"
    assert site.find("run-1") is None
    assert site.delete("run-1").changed == ()
    assert not (folder / "articles/run-1.json").exists()
    assert site.publish(replace(make(), key="run-2")).remote_id == SLUG


def test_a_long_history_is_paged_and_every_article_is_listed_once(site, folder, make):
    numbers = range(PAGE_SIZE * 3)
    _kept(folder, [_numbered(make, number) for number in numbers[:-1]])
    site.rebuild()
    site.publish(_numbered(make, numbers[-1]))
    site.publish(replace(make(), key="none", title="none", tags=()))
    site.withdraw("none")
    for root, last in (("", 2), ("tags/energy/", 2)):
        listed, at = [], f"{root}index.html"
        while at:
            page = read(folder, at)
            listed += [link.text for link in page.xpath("//h2/a")]
            older = page.xpath("//a[@rel='next']/@href")
            at = (Path(at).parent / older[0] / "index.html").as_posix() if older else ""
            at = str((folder / at).resolve().relative_to(folder.resolve())) if at else ""
        assert listed == [f"Article {number}" for number in reversed(numbers)]
        assert (folder / root / f"page/{last}/index.html").is_file()
    assert len(feed_titles(folder)) == 50


def test_a_new_article_leaves_full_pages_alone(site, folder, make):
    _kept(folder, [_numbered(make, number) for number in range(PAGE_SIZE * 2 + 1)])
    site.rebuild()
    changed = site.publish(replace(_numbered(make, 999), tags=("other",))).changed
    written = {line.split()[1] for line in changed}
    assert written == {
        "articles/n999.json",
        "posts/article-999/index.html",
        "index.html",
        "tags/other/index.html",
        "feed.xml",
        "sitemap.xml",
    }


def test_taking_out_an_old_article_closes_the_gap(site, folder, make):
    _kept(folder, [_numbered(make, number) for number in range(PAGE_SIZE * 2)])
    site.rebuild()
    assert (folder / "page/1/index.html").is_file()
    site.delete("n3")
    assert not (folder / "page").exists()
    assert len(read(folder, "index.html").xpath("//h2/a")) == PAGE_SIZE * 2 - 1


def test_a_lost_or_damaged_index_is_made_anew(site, folder, make):
    site.publish(make())
    for content in (None, b"{", b'{"format": 99}'):
        index = folder / ".index.json"
        index.unlink() if content is None else index.write_bytes(content)
        site.publish(replace(make(), key="run-2", title="Another"))
        assert len(feed_titles(folder)) == 2


def _kept(folder: Path, articles: list[Article]) -> None:
    """Records as many publications leave them, without the pages."""
    (folder / "articles").mkdir(parents=True)
    for article in articles:
        record = Record(key=article.key, slug=article.slug, published_at=article.published_at, article=article)
        (folder / record_name(article.key)).write_bytes(record.as_bytes())


def _numbered(make, number: int):
    return replace(
        make(),
        key=f"n{number}",
        title=f"Article {number}",
        slug=f"article-{number}",
        published_at=f"2026-01-01T{number // 60:02d}:{number % 60:02d}:00Z",
        tags=("energy",),
    )
