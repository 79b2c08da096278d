"""The embedded site as a place: its folder is the server, whoever can write there is its editor."""

import shutil
import threading
from pathlib import Path

import httpx

from core.models import Receipt
from core.publishing.serve import open_server
from core.publishing.site import Site
from core.publishing.target import Target
from tests.contracts.place import Seen
from tests.servers.wire import Wire


class SitePlace:
    wire: Wire | None = None
    weaker: Target | None = None
    wrong: Target | None = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "site"
        self._folder.mkdir()
        self._server = open_server(self._folder)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{self._server.server_port}"
        self.target: Target = Site(path=self._folder, title="The Proof", base_url=url)

    def read(self, url: str) -> Seen:
        answer = httpx.get(url, follow_redirects=True, trust_env=False)
        return Seen(answer.status_code, answer.text)

    def edit(self, receipt: Receipt, sentence: str) -> None:
        page = self._page(receipt.remote_id)
        page.write_text(page.read_text("utf-8").replace("</article>", f"<p>{sentence}</p></article>"), "utf-8")

    def remove(self, receipt: Receipt) -> None:
        shutil.rmtree(self._page(receipt.remote_id).parent)

    def occupy(self, slug: str) -> None:
        page = self._page(slug)
        page.parent.mkdir(parents=True)
        page.write_text("<h1>Mine</h1>", "utf-8")

    def count(self, key: str) -> int:
        return sum(f'data-key="{key}"' in page.read_text("utf-8") for page in self._folder.glob("posts/*/index.html"))

    def pictures(self) -> int:
        return len(list(self._folder.glob("media/*")))

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _page(self, slug: str) -> Path:
        return self._folder / "posts" / slug / "index.html"


def start(folder: Path) -> SitePlace:
    return SitePlace(folder)
