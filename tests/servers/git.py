"""A bare git repository whose post-receive hook builds a site with the real Hugo, and its reader and editor."""

import subprocess
import sysconfig
import threading
from pathlib import Path

import httpx

from core.models import Receipt
from core.publishing.git import Git
from core.publishing.serve import open_server
from core.publishing.target import Target
from tests.contracts.place import Seen
from tests.servers.wire import Wire

HUGO = Path(sysconfig.get_path("scripts")) / "hugo"

_HOOK = """#!/bin/sh
set -e
unset GIT_DIR
rm -rf "{work}" "{built}"
git clone --quiet --branch main "{remote}" "{work}"
"{hugo}" --quiet --noBuildLock --buildFuture --source "{work}" --destination "{built}"
rm -rf "{www}"
mv "{built}" "{www}"
"""

_SITE = {
    "hugo.toml": 'baseURL = "{url}/"\ntitle = "A site of somebody"\ndisableKinds = ["taxonomy", "term", "rss"]\n',
    "layouts/_default/baseof.html": (
        "<!doctype html><html><head><title>{{ .Title }}</title>{{ with .Params.images }}"
        '<meta property="og:image" content="{{ index . 0 }}">{{ end }}</head>'
        '<body>{{ block "main" . }}{{ end }}</body></html>\n'
    ),
    "layouts/_default/single.html": (
        '{{ define "main" }}<article><h1>{{ .Title }}</h1>{{ .Content }}</article>{{ end }}\n'
    ),
    "layouts/_default/list.html": (
        '{{ define "main" }}{{ range .RegularPages }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}{{ end }}\n'
    ),
    "content/about.md": "---\ntitle: About\n---\nA page of somebody.\n",
}


class HugoPlace:
    """One repository, its editor's clone, and a web server for what the hook built."""

    wire: Wire | None = None
    weaker: Target | None = None
    wrong: Target | None = None

    def __init__(self, folder: Path) -> None:
        self._remote, self._clone, www = folder / "site.git", folder / "editor", folder / "www"
        www.mkdir()
        self._server = open_server(www)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{self._server.server_port}"
        git("init", "--quiet", "--bare", "--initial-branch", "main", str(self._remote))
        hook = self._remote / "hooks" / "post-receive"
        hook.write_text(
            _HOOK.format(work=folder / "work", built=folder / "built", remote=self._remote, hugo=HUGO, www=www)
        )
        hook.chmod(0o755)
        git("clone", "--quiet", str(self._remote), str(self._clone))
        git("checkout", "--quiet", "-B", "main", at=self._clone)
        self.commit({name: text.replace("{url}", url) for name, text in _SITE.items()})
        self.target: Target = Git(path=folder / "ours", remote=str(self._remote), base_url=url)

    def read(self, url: str) -> Seen:
        answer = httpx.get(url, follow_redirects=True, trust_env=False)
        return Seen(answer.status_code, answer.text)

    def edit(self, receipt: Receipt, sentence: str) -> None:
        self.pull()
        file = self._clone / receipt.remote_id
        self.commit({receipt.remote_id: file.read_text("utf-8") + f"\n{sentence}\n"})

    def remove(self, receipt: Receipt) -> None:
        self.commit({receipt.remote_id: None})

    def occupy(self, slug: str) -> None:
        self.commit({f"content/posts/{slug}.md": "---\ntitle: Mine\n---\nMy own words.\n"})

    def count(self, key: str) -> int:
        self.pull()
        return sum(f"galley_key: {key}\n" in file.read_text("utf-8") for file in self._clone.rglob("*.md"))

    def pictures(self) -> int:
        self.pull()
        return len(list((self._clone / "static").rglob("*.png")))

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    # --- the person's own git ---------------------------------------------------------------

    def pull(self) -> None:
        git("fetch", "--quiet", "origin", at=self._clone)
        heads = git("for-each-ref", "refs/remotes/origin/main", at=self._clone)
        if heads:
            git("reset", "--quiet", "--hard", "origin/main", at=self._clone)

    def commit(self, files: dict[str, str | None]) -> None:
        self.pull()
        for name, text in files.items():
            place = self._clone / name
            if text is None:
                place.unlink()
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, "utf-8")
        git("add", "--all", at=self._clone)
        git(
            "-c",
            "user.name=Ed",
            "-c",
            "user.email=ed@example.org",
            "commit",
            "--quiet",
            "-m",
            "By hand",
            at=self._clone,
        )
        git("push", "--quiet", "origin", "main", at=self._clone)


def git(*arguments: str, at: Path | None = None) -> str:
    """Run git as a person would; its output."""
    done = subprocess.run(["git", *arguments], cwd=at, check=True, capture_output=True, text=True)
    return done.stdout


def start(folder: Path) -> HugoPlace:
    return HugoPlace(folder)
