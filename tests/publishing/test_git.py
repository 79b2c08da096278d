"""Articles in somebody's repository: found again, never over another's work, safe in every generator."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as parser
from markdown_it import MarkdownIt

from core.errors import EditedThereError, PublishError, SlugTakenError
from core.publishing.front_matter import Layout, read
from core.publishing.git import Git
from core.publishing.plain import body, escape, unescape
from core.publishing.record import content_hash
from core.publishing.wording import printable

GENERATORS = ("hugo", "jekyll", "eleventy", "astro")
HOSTILE = "</script><script>alert(1)</script> {{ evil }} {% raw %} {{< x >}} {{% x %}} ~~a~~ ^b^ &lt; --- \x00\u202e"


def git(*arguments: str, at: Path) -> str:
    return subprocess.run(["git", *arguments], cwd=at, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    remote = tmp_path / "remote.git"
    git("init", "--quiet", "--bare", "--initial-branch", "main", str(remote), at=tmp_path)
    return remote


@pytest.fixture
def target(tmp_path: Path, remote: Path) -> Git:
    return Git(path=tmp_path / "ours", remote=str(remote), base_url="https://a.example/blog")


def test_a_commit_says_what_it_is_and_who_made_it(tmp_path, remote, make):
    target = Git(
        path=tmp_path / "ours", remote=str(remote), base_url="https://a.example", author="Ada Bell <ada@a.example>"
    )
    target.publish(make())
    said = git("log", "-1", "--format=%an|%ae|%cn|%s|%(trailers:key=Galley-Key,valueonly)", "main", at=remote).strip()
    assert said == "Ada Bell|ada@a.example|Ada Bell|Publish: Do heat pumps keep old houses warm?|run-1"


def test_the_same_again_makes_no_commit(target, remote, make):
    target.publish(make())
    again = target.publish(replace(make(), modified_at="2027-01-01T00:00:00Z"))
    assert (again.status, again.changed) == ("unchanged", ())
    assert git("rev-list", "--count", "main", at=remote).strip() == "1"


def test_others_who_push_at_the_same_moment_lose_nothing(target, tmp_path, remote, make, monkeypatch):
    other = Git(path=tmp_path / "other", remote=str(remote), base_url="https://a.example")
    real, faster = target._repository.push, iter("xy")

    def push(changes, message):
        if letter := next(faster, ""):  # somebody else is faster, twice
            other.publish(replace(make(), key=letter, slug=letter))
        return real(changes, message)

    monkeypatch.setattr(target._repository, "push", push)
    assert target.publish(make()).status == "live"
    names = git("ls-tree", "-r", "--name-only", "main", at=remote).split()
    assert names == [f"content/posts/{name}.md" for name in ("do-heat-pumps-keep-old-houses-warm", "x", "y")]


def test_three_machines_that_publish_one_article_at_once_make_one(tmp_path, remote, make):
    def publish(number: int) -> str:
        machine = Git(path=tmp_path / f"machine{number}", remote=str(remote), base_url="https://a.example")
        return machine.publish(make()).status

    with ThreadPoolExecutor(3) as pool:
        statuses = set(pool.map(publish, range(3)))
    assert statuses <= {"live", "unchanged"}  # two in the same second make the very same commit
    assert git("rev-list", "--count", "main", at=remote).strip() == "1"


def test_an_edit_that_comes_in_between_is_seen(target, tmp_path, remote, make, monkeypatch):
    last = target.publish(make())
    other = Git(path=tmp_path / "other", remote=str(remote), base_url="https://a.example")
    real = target._repository.push

    def push(changes, message):
        monkeypatch.undo()
        other.delete("run-1")
        return real(changes, message)

    monkeypatch.setattr(target._repository, "push", push)
    with pytest.raises(EditedThereError, match="removed"):
        target.publish(replace(make(), title="A new title"), last=last)


def test_anothers_file_is_never_taken(target, make):
    target.publish(make())
    with pytest.raises(SlugTakenError):
        target.publish(replace(make(), key="run-2"))


def test_a_machine_that_stopped_after_the_push_finds_its_article(target, tmp_path, remote, make):
    sent = target.publish(make())
    fresh = Git(path=tmp_path / "another", remote=str(remote), base_url="https://a.example/blog")
    found = fresh.find("run-1")
    assert (found.content_hash, found.revision, found.url) == (content_hash(make()), sent.revision, sent.url)
    assert fresh.publish(make()).status == "unchanged"


def test_rewritten_history_is_no_edit(target, tmp_path, remote, make):
    last = target.publish(make())
    clone = tmp_path / "clone"
    git("clone", "--quiet", str(remote), str(clone), at=tmp_path)
    git("-c", "user.name=E", "-c", "user.email=e@e", "commit", "--quiet", "--amend", "-m", "squashed", at=clone)
    git("push", "--quiet", "--force", at=clone)
    assert target.publish(make(), last=last).status == "unchanged"
    assert target.publish(replace(make(), title="New"), last=last).status == "live"


def test_a_cover_comes_and_goes_with_the_articles_that_show_it(target, remote, make, cover):
    picture = f"static/covers/{cover.hash[:16]}.png"

    def there() -> bool:
        return picture in git("ls-tree", "-r", "--name-only", "main", at=remote)

    target.publish(replace(make(), cover=cover))
    target.publish(replace(make(), cover=cover, key="run-2", slug="two"))
    assert there()
    target.publish(make())
    assert there()
    target.delete("run-2")
    assert not there()


@pytest.mark.parametrize("generator", GENERATORS)
def test_an_article_is_taken_down_and_brought_back_in_every_generator(tmp_path, remote, make, generator):
    target = Git(path=tmp_path / "ours", remote=str(remote), base_url="https://a.example", generator=generator)
    live = target.publish(make())
    down = target.withdraw("run-1")
    assert target.find("run-1").status == "withdrawn"
    assert target.withdraw("run-1").changed == ()
    text = git("show", f"main:{down.remote_id}", at=remote)
    front = yaml.safe_load(text.split("---\n")[1])
    assert any((front.get("draft") is True, front.get("published") is False, front.get("permalink") is False))
    back = target.publish(make(), last=down)
    assert (back.status, back.url, back.remote_id) == ("live", live.url, live.remote_id)
    front = yaml.safe_load(git("show", f"main:{back.remote_id}", at=remote).split("---\n")[1])
    assert not front.get("draft")
    assert front.get("published") is not False
    assert target.delete("run-1").status == "deleted"
    assert git("ls-tree", "-r", "--name-only", "main", at=remote) == ""


def test_taking_down_keeps_what_a_person_wrote(target, tmp_path, remote, make):
    last = target.publish(make())
    clone = tmp_path / "clone"
    git("clone", "--quiet", str(remote), str(clone), at=tmp_path)
    file = clone / last.remote_id
    file.write_text(file.read_text().replace("title:", "weight: 3 # mine\ntitle:") + "\nMine.\n")
    git("-c", "user.name=E", "-c", "user.email=e@e", "commit", "--quiet", "-am", "mine", at=clone)
    git("push", "--quiet", at=clone)
    target.withdraw("run-1")
    text = git("show", f"main:{last.remote_id}", at=remote)
    assert "weight: 3 # mine" in text
    assert text.endswith("Mine.\n")
    with pytest.raises(EditedThereError):
        target.publish(make(), last=last)


@pytest.mark.parametrize(
    ("settings_", "said"),
    [
        ({"remote": "https://me:secret@a.example/x.git"}, "password"),
        ({"remote": "--upload-pack=evil"}, "not the address"),
        ({"remote": "ext::sh -c evil"}, "not the address"),
        ({"branch": "--evil"}, "no branch"),
        ({"author": "nobody"}, "author"),
        ({"remote": "/nowhere/at/all.git"}, "cannot be reached"),
        ({"branch": "other"}, "has no branch 'other'; it has main"),
    ],
)
def test_settings_that_cannot_work_are_named_by_check(tmp_path, remote, target, make, settings_, said):
    target.publish(make())
    given_ = {"path": tmp_path / "x", "remote": str(remote), "base_url": "https://a.example"} | settings_
    with pytest.raises(PublishError, match=said) as raised:
        Git(**given_).check()
    assert "secret" not in str(raised.value)


def test_a_hook_that_refuses_is_quoted(target, remote, make):
    hook = remote / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'No articles on Fridays' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(PublishError, match="No articles on Fridays"):
        target.publish(make())


def test_a_link_in_the_repository_leads_nowhere(target, tmp_path, remote, make):
    clone, outside = tmp_path / "clone", tmp_path / "outside"
    outside.mkdir()
    git("clone", "--quiet", str(remote), str(clone), at=tmp_path)
    (clone / "content").mkdir()
    (clone / "content/posts").symlink_to(outside)
    git("add", "-A", at=clone)
    git("-c", "user.name=E", "-c", "user.email=e@e", "commit", "--quiet", "-m", "trap", at=clone)
    git("push", "--quiet", "origin", "HEAD:main", at=clone)
    with pytest.raises(PublishError, match="content/posts"):
        target.publish(make())
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("generator", GENERATORS)
def test_hostile_words_stay_words_in_every_generator(make, cover, generator):
    article = replace(
        make(), title=HOSTILE, dek=HOSTILE, tags=(HOSTILE,), description=HOSTILE, cover=replace(cover, alt=HOSTILE)
    )
    source = replace(article.references[0], title=HOSTILE, url="https://a.example/{{x}}>")
    sentence = replace(article.sections[0].paragraphs[0][0], text=HOSTILE)
    section = replace(article.sections[0], heading=HOSTILE, paragraphs=((sentence,),))
    article = replace(article, references=(source, *article.references[1:]), sections=(section, *article.sections[1:]))
    text = Layout(generator=generator, folder="", base_url="https://a.example").write(article, "posts/x.md")
    written = read(text)
    assert (written.key, written.content_hash, written.edited) == ("run-1", content_hash(article), False)
    front, markdown = text.removeprefix("---\n").split("\n---\n", 1)
    assert "<" not in front
    assert not any(mark in markdown for mark in ("{{", "{%", "<script"))
    tree = parser.fromstring(MarkdownIt("commonmark", {"html": True}).render(markdown))
    assert tree.xpath("//script") == []
    assert "alert(1)</script> {{ evil }} {% raw %} {{< x >}}" in tree.text_content()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(words=st.text(max_size=60))
def test_whatever_a_title_says_the_file_is_read_back(make, words):
    article = replace(make(), title=words, tags=(words,), key="k: 'x' #")
    text = Layout(generator="hugo", folder="", base_url="https://a.example").write(article, "content/posts/x.md")
    assert read(text).key == "k: 'x' #"
    assert not read(text).edited


@given(st.text(max_size=60))
def test_escaped_words_read_as_they_were(words):
    line = " ".join(escape(words).split())
    assert unescape(line) == unescape(" ".join(unescape(line).split()))
    rendered = parser.fromstring(MarkdownIt("commonmark", {"html": True}).render(f"x {line} x")).text_content()
    assert " ".join(rendered.split()) == " ".join(f"x {printable(words)} x".split())


def test_eleventys_footnotes_lead_there_and_back(make):
    tree = parser.fromstring(MarkdownIt("commonmark", {"html": True}).render(body(make(), anchors=True)))
    ids = set(tree.xpath("//@id"))
    links = [link[1:] for link in tree.xpath("//a/@href[starts-with(., '#')]")]
    assert len(links) == 8
    assert set(links) <= ids
