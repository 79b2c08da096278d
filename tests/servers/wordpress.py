"""A real WordPress for the contract suite: Debian's packages, a MariaDB of its own, PHP's own server.

Nothing of the system is touched: the site is a copy in a temporary folder, the database
listens on a socket in it. `install_wordpress.sh` brings the packages.
"""

import getpass
import json
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from core.models import Receipt
from core.publishing.wordpress import WordPress
from tests.contracts.place import Seen
from tests.servers.process import Program, free_port
from tests.servers.wire import Wire

HERE = Path(__file__).parent
PACKAGED = Path("/usr/share/wordpress")


@dataclass(frozen=True)
class WordPressSite:
    """The running programs and who may sign in."""

    url: str
    passwords: dict[str, str]
    """Of `admin`, `writer` (an author) and `guest` (a contributor)."""
    programs: tuple[Program, ...]


def start_site(folder: Path) -> WordPressSite:
    """A fresh WordPress in an empty folder; about ten seconds.

    Raises:
        RuntimeError: a program does not come up; with its output.
    """
    subprocess.run([HERE / "install_wordpress.sh"], check=True)
    database = _start_database(folder)
    port = free_port()
    site = folder / "site"
    shutil.copytree(PACKAGED, site)
    (site / "wp-content/uploads").mkdir(exist_ok=True)
    (site / "wp-config.php").write_text(_configuration(port, folder / "db.sock"))
    made = subprocess.run(
        ["php", HERE / "wordpress_setup.php", site],
        env={"SITE_HOST": f"127.0.0.1:{port}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    server = Program(
        ("php", "-d", "upload_max_filesize=32M", "-d", "post_max_size=40M", "-S", f"127.0.0.1:{port}")
        + ("-t", site, HERE / "wordpress_router.php"),
        log=folder / "php.log",
        environment={"PHP_CLI_SERVER_WORKERS": "4"},
    )
    url = f"http://127.0.0.1:{port}"
    server.wait_until(f"{url}/wp-json/", timeout_s=60)
    return WordPressSite(url, json.loads(made.stdout), (server, database))


def _start_database(folder: Path) -> Program:
    data, socket, scratch = folder / "db", folder / "db.sock", folder / "db.tmp"
    scratch.mkdir()
    # Two that are made at once trip over each other's files in a common temporary folder.
    ours = ("--no-defaults", f"--user={getpass.getuser()}", f"--datadir={data}", f"--tmpdir={scratch}")
    made = subprocess.run(
        ("mariadb-install-db", *ours, "--auth-root-authentication-method=normal", "--skip-test-db"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if made.returncode:
        raise RuntimeError(f"MariaDB could not be set up:\n{made.stdout[-3000:]}")
    database = Program(
        ("mariadbd", *ours, f"--socket={socket}", "--skip-networking")
        + ("--innodb-buffer-pool-size=32M", "--performance-schema=OFF", f"--pid-file={folder / 'db.pid'}"),
        log=folder / "db.log",
    )
    ask = ("mariadb", "--no-defaults", "-uroot", f"--socket={socket}", "-e")
    for _ in range(300):
        created = subprocess.run((*ask, "CREATE DATABASE site CHARACTER SET utf8mb4"), capture_output=True)
        if created.returncode == 0:
            return database
        time.sleep(0.1)
    database.stop()
    raise RuntimeError(f"MariaDB did not come up:\n{(folder / 'db.log').read_text()[-3000:]}")


def _configuration(port: int, socket: Path) -> str:
    salts = "AUTH_KEY SECURE_AUTH_KEY LOGGED_IN_KEY NONCE_KEY AUTH_SALT SECURE_AUTH_SALT LOGGED_IN_SALT NONCE_SALT"
    values = {
        "DB_NAME": "site",
        "DB_USER": "root",
        "DB_PASSWORD": "",
        "DB_HOST": f"localhost:{socket}",
        "DB_CHARSET": "utf8mb4",
        "DB_COLLATE": "",
        "WP_ENVIRONMENT_TYPE": "local",  # application passwords over plain http
        "WP_HOME": f"http://127.0.0.1:{port}",
        "WP_SITEURL": f"http://127.0.0.1:{port}",
        "WP_HTTP_BLOCK_EXTERNAL": True,  # it waits for wordpress.org otherwise
        "AUTOMATIC_UPDATER_DISABLED": True,
        **{salt: f"tests-{salt}" for salt in salts.split()},
    }
    defined = "\n".join(f"define({json.dumps(name)}, {json.dumps(value)});" for name, value in values.items())
    return (
        f"<?php\n{defined}\n$table_prefix = 'wp_';\n"
        "if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }\nrequire_once ABSPATH . 'wp-settings.php';\n"
    )


class WordPressPlace:
    """The site under contract: our target through the wire, a person straight at the server."""

    def __init__(self, site: WordPressSite, wire: Wire) -> None:
        self.site = site
        self.wire = wire
        self.target = self.signed_in("admin")
        self.weaker = self.signed_in("writer")
        self.wrong = WordPress(url=self.wire.url, user="admin", password=SecretStr("wrong wrong wrong"))
        self._person = httpx.Client(
            base_url=f"{site.url}/wp-json/wp/v2",
            auth=("admin", site.passwords["admin"]),
            trust_env=False,
            timeout=60,
        )
        self._reader = httpx.Client(trust_env=False, timeout=60, follow_redirects=True)

    def signed_in(self, user: str) -> WordPress:
        return WordPress(url=self.wire.url, user=user, password=SecretStr(self.site.passwords[user]))

    def read(self, url: str) -> Seen:
        answer = self._reader.get(url)
        return Seen(answer.status_code, answer.text)

    def edit(self, receipt: Receipt, sentence: str) -> None:
        post = self._ask("GET", f"/posts/{receipt.remote_id}", params={"context": "edit"})
        content = f"<p>{sentence}</p>\n" + post["content"]["raw"]
        self._ask("POST", f"/posts/{receipt.remote_id}", json={"content": content})

    def remove(self, receipt: Receipt) -> None:
        self._ask("DELETE", f"/posts/{receipt.remote_id}", params={"force": "true"})

    def occupy(self, slug: str) -> None:
        self._ask("POST", "/posts", json={"title": "Another", "slug": slug, "status": "publish", "content": "Mine."})

    def count(self, key: str) -> int:
        asked = {"search": key, "status": "any,trash", "context": "edit", "per_page": 100}
        return sum(key in post["content"]["raw"] for post in self._ask("GET", "/posts", params=asked))

    def pictures(self) -> int:
        answer = self._person.get("/media", params={"per_page": 1})
        return int(answer.headers["X-WP-Total"])

    def stop(self) -> None:
        self.wire.close()
        for program in self.site.programs:
            program.stop()

    def _ask(self, method: str, path: str, **what: object) -> dict:
        answer = self._person.request(method, path, **what)
        answer.raise_for_status()
        return answer.json()


def start(folder: Path) -> WordPressPlace:
    site = start_site(folder)
    return WordPressPlace(site, Wire(site.url))
