"""A real Ghost for the contract suite: from npm, with SQLite, everything it writes in a temporary folder.

The built program lies in a cache outside the checkout, since building it takes minutes; see
`install_ghost.sh`. Starting it, and signing its owner up, takes some fifteen seconds.
"""

import shutil
import subprocess
from pathlib import Path

import httpx
from pydantic import SecretStr

from core.models import Receipt
from core.publishing.ghost import Ghost
from tests.contracts.place import Seen
from tests.servers.process import Program, free_port
from tests.servers.wire import Wire

HERE = Path(__file__).parent
OWNER = {"name": "Ada Lovelace", "email": "ada@example.test", "password": "Kettle-tide-lantern-7!"}


def start_program(folder: Path) -> tuple[str, Program]:
    """A fresh Ghost in an empty folder: its address and the program.

    Raises:
        RuntimeError: it does not come up; with its output.
    """
    installed = subprocess.run([HERE / "install_ghost.sh"], stdout=subprocess.PIPE, text=True, check=True)
    built = Path(installed.stdout.strip())
    content = folder / "content"
    shutil.copytree(built / "content", content)
    for name in ("data", "images", "logs", "settings", "files", "media"):
        (content / name).mkdir(exist_ok=True)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "url": url,
        "server__host": "127.0.0.1",
        "server__port": str(port),
        "database__client": "sqlite3",
        "database__connection__filename": str(folder / "ghost.db"),
        "database__useNullAsDefault": "true",
        "paths__contentPath": str(content),
        "mail__transport": "Direct",
        "logging__transports": '["stdout"]',
        "privacy__useUpdateCheck": "false",
        "privacy__useGravatar": "false",
        "privacy__useRpcPing": "false",
        "security__staffDeviceVerification": "false",  # signing in would wait for a mailed code
        "NODE_ENV": "development",
    }
    program = Program(("node", "index.js"), log=folder / "ghost.log", folder=built, environment=settings)
    program.wait_until(f"{url}/ghost/api/admin/site/", timeout_s=180)
    return url, program


class GhostPlace:
    """Ghost under contract: our target through the wire, its owner straight at the server."""

    weaker = None

    def __init__(self, url: str, program: Program, content: Path) -> None:
        self._program = program
        self._content = content
        self.wire = Wire(url)
        self._person = httpx.Client(
            base_url=f"{url}/ghost/api/admin",
            headers={"Origin": url, "Accept-Version": "v5.0"},
            trust_env=False,
            timeout=60,
            follow_redirects=True,
        )
        self._reader = httpx.Client(trust_env=False, timeout=60, follow_redirects=True)
        self.key = self._sign_up()
        self.target = Ghost(url=self.wire.url, admin_key=SecretStr(self.key))
        id, secret = self.key.split(":")
        self.wrong = Ghost(url=self.wire.url, admin_key=SecretStr(f"{id}:{secret[::-1]}"))

    def read(self, url: str) -> Seen:
        answer = self._reader.get(url)
        return Seen(answer.status_code, answer.text)

    def edit(self, receipt: Receipt, sentence: str) -> None:
        post = self._ask("GET", f"/posts/{receipt.remote_id}/", params={"formats": "html"})["posts"][0]
        change = {"html": f"<p>{sentence}</p>{post['html']}", "updated_at": post["updated_at"]}
        self._ask("PUT", f"/posts/{receipt.remote_id}/", params={"source": "html"}, json={"posts": [change]})

    def remove(self, receipt: Receipt) -> None:
        self._ask("DELETE", f"/posts/{receipt.remote_id}/")

    def occupy(self, slug: str) -> None:
        post = {"title": "Another", "slug": slug, "status": "published", "html": "<p>Mine.</p>"}
        self._ask("POST", "/posts/", params={"source": "html"}, json={"posts": [post]})

    def count(self, key: str) -> int:
        asked = {"formats": "html", "limit": "100", "order": "created_at desc"}
        return sum(
            key in (post["codeinjection_head"] or "") for post in self._ask("GET", "/posts/", params=asked)["posts"]
        )

    def pictures(self) -> int:
        files = (self._content / "images").rglob("galley-*")
        return sum(1 for file in files if file.is_file() and "_o." not in file.name)

    def stop(self) -> None:
        self.wire.close()
        self._program.stop()

    def _sign_up(self) -> str:
        """The owner, and an admin key of a custom integration."""
        self._ask("POST", "/authentication/setup/", json={"setup": [{**OWNER, "blogTitle": "The Proof"}]})
        self._ask("POST", "/session/", json={"username": OWNER["email"], "password": OWNER["password"]})
        asked = {"integrations": [{"name": "Galley"}]}
        made = self._ask("POST", "/integrations/", params={"include": "api_keys"}, json=asked)
        [key] = [key for key in made["integrations"][0]["api_keys"] if key["type"] == "admin"]
        return key["secret"] if ":" in key["secret"] else f"{key['id']}:{key['secret']}"

    def _ask(self, method: str, path: str, **what: object) -> dict:
        answer = self._person.request(method, path, **what)
        if not answer.is_success:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {}


def start(folder: Path) -> GhostPlace:
    url, program = start_program(folder)
    try:
        return GhostPlace(url, program, folder / "content")
    except BaseException:
        program.stop()
        raise
