"""A branch of a git repository elsewhere, read and written without a working tree.

Files go into commits through git's own plumbing (hash-object, update-index, commit-tree), so
nothing half written can lie about, a link in the repository leads nowhere, and a machine that
stops in between leaves the branch as it was: only the push changes it, all or nothing. The
`git` program signs in as it does for this user everywhere (ssh agent, credential helpers); it
is never given a shell, and never asks at a terminal.
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from core.errors import PublishError, UnansweredError
from core.publishing.folder import Folder
from core.settings import child_environment

PATIENCE_S = 120.0
"""Longest that one exchange with the remote may take."""

_SECRET = re.compile(r"://[^/@\s]+@")
_SIGN_IN = ("authentication failed", "could not read username", "could not read password", "permission denied",
            "host key verification failed", "403", "401")  # fmt: skip


class Moved(PublishError):
    """The branch went on while we worked: look again, then push again."""


class Repository:
    """One branch of one remote, with a bare clone of ours that holds its newest state.

    Args:
        path: a folder of ours for the clone.
        remote: an address as `git clone` takes it: ssh, https, or a path on this machine.
        author: `Name <address>` of the commits.
    """

    def __init__(self, path: Path, *, remote: str, branch: str, author: str) -> None:
        self._folder = Folder(path)
        self._git_dir = path / "clone.git"
        self.remote = remote
        self.branch = branch
        self._author = author
        self.head: str | None = None
        """The commit that was read last; None while the repository is empty."""

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only one who works in our clone, with the remote's newest state in it.

        Raises:
            PublishError: the remote cannot be reached or read, or there is no such branch.
        """
        self._make_sense()
        with self._folder.writing():
            if not (self._git_dir / "HEAD").is_file():
                self._git("init", "--quiet", "--bare", str(self._git_dir), inside=False)
            self.fetch()
            yield

    def fetch(self) -> None:
        """Read the branch anew."""
        heads = self._talk("ls-remote", "--heads", "--", self.remote).split("\n")
        branches = dict(reversed(line.split("\trefs/heads/")) for line in heads if "\trefs/heads/" in line)
        if self.branch not in branches:
            if branches:
                raise PublishError(
                    f"{self._shown} has no branch {self.branch!r}; it has {', '.join(sorted(branches)[:5])}.",
                    remedy="Set the branch the site is built from under Settings.",
                )
            self.head = None
            return
        if self._has(branches[self.branch]):
            self.head = branches[self.branch]
            return
        self._talk("fetch", "--quiet", "--no-tags", "--depth", "1", "--", self.remote, f"refs/heads/{self.branch}")
        self.head = self._git("rev-parse", "FETCH_HEAD").strip()

    def read(self, name: str) -> bytes | None:
        """A file's bytes; None when there is none."""
        blob = self.blob(name)
        return None if blob is None else self._run("cat-file", "blob", blob).stdout

    def blob(self, name: str) -> str | None:
        """The id of a file's content: the same bytes have the same id, whatever the history."""
        if self.head is None or not name:
            return None
        kind, found = "", ""
        listed = self._git("ls-tree", "-z", self.head, "--", name)
        if listed:
            kind, found = listed.split("\t")[0].split()[1:]
        return found if kind == "blob" else None

    def search(self, text: str) -> list[str]:
        """The names of the files that hold the text."""
        if self.head is None:
            return []
        done = self._run("grep", "--null", "-l", "-F", "-e", text, self.head, "--", "*.md", accept=(0, 1))
        names = done.stdout.decode("utf-8", "surrogateescape").split("\0")
        return [name.partition(":")[2] for name in names if name]

    def push(self, changes: Mapping[str, bytes | None], message: str) -> str:
        """One commit with these files (None: removed) on top of what was read; returns its id.

        Raises:
            Moved: somebody pushed meanwhile; nothing of ours is there.
            UnansweredError: the connection broke; it may be there.
            PublishError: the remote refused.
        """
        tree = self._tree(changes)
        parents = ["-p", self.head] if self.head else []
        commit = self._git("commit-tree", tree, *parents, "-F", "-", stdin=message.encode()).strip()
        done = self._run("push", "--porcelain", "--", self.remote, f"{commit}:refs/heads/{self.branch}",
                         accept=(0, 1, 128), unknown=True)  # fmt: skip
        if done.returncode == 0:
            self.head = commit
            return commit
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        if "[rejected]" in said or "cannot lock ref" in said:
            raise Moved(f"{self._shown} went on meanwhile.", remedy="Publish again.")
        if "[remote rejected]" in said:
            raise PublishError(
                f"{self._shown} refused the commit: {self._words(said)}",
                remedy="See what its hooks or branch protection ask for, or let this user push to the branch.",
            )
        raise self._fault(said, unknown=True)

    def try_push(self) -> None:
        """Ask whether we may push, without pushing.

        Raises:
            PublishError: we may not.
        """
        if self.head:
            self._talk("push", "--dry-run", "--porcelain", "--", self.remote, f"{self.head}:refs/heads/{self.branch}")

    # --- inside ---------------------------------------------------------------

    def _tree(self, changes: Mapping[str, bytes | None]) -> str:
        with TemporaryDirectory(dir=self._git_dir) as temporary:
            index = {"GIT_INDEX_FILE": str(Path(temporary) / "index")}
            if self.head:
                self._git("read-tree", self.head, extra=index)
            lines = []
            for name, content in changes.items():
                self._want_folders(name)
                mode, blob = "0", "0" * 40
                if content is not None:
                    mode, blob = "100644", self._git("hash-object", "-w", "--stdin", stdin=content).strip()
                lines.append(f"{mode} {blob}\t{name}\0")
            self._git("update-index", "-z", "--index-info", stdin="".join(lines).encode(), extra=index)
            return self._git("write-tree", extra=index).strip()

    def _want_folders(self, name: str) -> None:
        """A link or file on the way to the name would be replaced in silence."""
        for folder in map(str, PurePosixPath(name).parents):
            if folder != "." and self.blob(folder) is not None:
                raise PublishError(
                    f"{folder} in the repository is a file or a link, not a folder.",
                    remedy="Set another folder for articles under Settings.",
                )

    def _has(self, commit: str) -> bool:
        return self._run("cat-file", "-e", f"{commit}^{{commit}}", accept=(0, 1, 128)).returncode == 0

    def _talk(self, *arguments: str) -> str:
        """A read from the remote."""
        done = self._run(*arguments, accept=(0, 1, 128))
        if done.returncode:
            raise self._fault(done.stderr.decode("utf-8", "replace"), unknown=False)
        return done.stdout.decode("utf-8", "surrogateescape")

    def _git(self, *arguments: str, **how: object) -> str:
        return self._run(*arguments, **how).stdout.decode("utf-8", "surrogateescape")  # type: ignore[arg-type]

    def _run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        accept: tuple[int, ...] = (0,),
        extra: Mapping[str, str] | None = None,
        inside: bool = True,
        unknown: bool = False,
    ) -> "subprocess.CompletedProcess[bytes]":
        where = ["--git-dir", str(self._git_dir)] if inside else []
        try:
            done = subprocess.run(
                ["git", *where, *arguments],
                input=stdin, capture_output=True, timeout=PATIENCE_S, env=self._environment(extra or {}), check=False,
            )  # fmt: skip
        except FileNotFoundError as error:
            raise PublishError("The program git is not installed.", remedy="Install git, then try again.") from error
        except subprocess.TimeoutExpired as error:
            kind = UnansweredError if unknown else PublishError
            raise kind(
                f"{self._shown} did not answer within {PATIENCE_S:.0f} seconds.", remedy="Try again in a while."
            ) from error
        if done.returncode not in accept:
            raise PublishError(
                f"git {arguments[0]} failed: {self._words(done.stderr.decode('utf-8', 'replace'))}",
                remedy=f"Delete the folder {str(self._git_dir)!r}: it is only a copy and is made anew.",
            )
        return done

    def _environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        name, _, address = self._author.rpartition(" <")
        who = {"NAME": name.strip(), "EMAIL": address.rstrip(">").strip()}
        people = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in who.items()}
        quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "file:https:http:ssh:git", "LC_ALL": "C"}
        return {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes", **child_environment({**people, **quiet, **extra})}

    def _make_sense(self) -> None:
        remote = self.remote.strip()
        if not remote or remote.startswith("-") or remote != self.remote or "::" in remote:
            raise PublishError(
                f"{self.remote!r} is not the address of a git repository.",
                remedy="Set one as `git clone` takes it, such as git@host:me/site.git, under Settings.",
            )
        parts = urlsplit(remote)
        if parts.password or (parts.scheme in ("http", "https") and parts.username):
            raise PublishError(
                "The repository's address holds a password, which would be kept in plain files.",
                remedy="Leave it out and let git's credential helper, or an ssh key, sign in.",
            )
        if not re.fullmatch(r"(?!.*(\.\.|//|@\{))[\w.][\w./-]*(?<![./])", self.branch):
            raise PublishError(f"{self.branch!r} is no branch.", remedy="Set the branch the site is built from.")
        if not re.fullmatch(r"[^<>\n]+ <[^<>\s]+@[^<>\s]+>", self._author):
            raise PublishError(
                f"{self._author!r} is not the author of a commit.", remedy="Write it as `Name <address@example.org>`."
            )

    def _fault(self, said: str, *, unknown: bool) -> PublishError:
        words = self._words(said)
        if any(sign in said.lower() for sign in _SIGN_IN):
            return PublishError(
                f"{self._shown} does not let us in: {words}",
                remedy="Let this user's git sign in there (ssh key or credential helper): `git ls-remote` must work.",
            )
        kind = UnansweredError if unknown else PublishError
        return kind(
            f"{self._shown} cannot be reached: {words}",
            remedy="Check the repository's address under Settings, and the network.",
        )

    @property
    def _shown(self) -> str:
        return _SECRET.sub("://", self.remote)

    def _words(self, said: str) -> str:
        """What git and the remote said, without progress and addresses of sign-in, on one line."""
        lines = [line.strip() for line in _SECRET.sub("://", said).splitlines() if line.strip()]
        return " ".join(line for line in lines if not line.startswith(("To ", "Done")))[:300] or "no reason given."
