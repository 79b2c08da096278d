"""Is it really there? The public page is read like any reader would, and looked at for the title and our mark.

A target's "200 OK" is no proof: a post may be scheduled, a draft, hidden behind a cache, or
a site may not have been built yet.
"""

import re
import time
import unicodedata
from collections.abc import Sequence

from lxml import etree
from lxml import html as parser

from core.errors import GalleyError
from core.models import Article, PageCheck
from core.publishing.record import content_hash
from core.reading.web import Client
from core.store.database import now

PAUSES_S = (0.5, 1.5)
"""Before the second and third look: some sites are built after they were told."""
DEADLINE_S = 8.0


def look(url: str, article: Article, *, pauses_s: Sequence[float] = PAUSES_S) -> PageCheck:
    """What a reader finds at the address; looked at again after each pause while it is not as it should be."""
    client = Client(allow_private=True, deadline_s=DEADLINE_S)
    for pause_s in (*pauses_s, None):
        ok, said, again = _seen(url, article, client)
        if ok or not again or pause_s is None:
            break
        time.sleep(pause_s)
    return PageCheck(ok=ok, said=said, at=now())


def _seen(url: str, article: Article, client: Client) -> tuple[bool, str, bool]:
    """`(ok, in words, worth another look soon)`."""
    try:
        answer = client.get(url, robots=False, any_status=True, accept=("text/html", "application/xhtml+xml"))
    except GalleyError as error:
        return False, f"The page cannot be read: {error.message}", False
    if answer.status != 200:
        return False, f"The address answers with status {answer.status}.", True
    text = answer.body.decode(answer.charset or "utf-8", "replace")
    if _letters(article.title) not in _letters(_words(answer.body)):
        return False, "The page is there but does not show the article's title.", True
    if content_hash(article) in text:
        return True, "It answers with the title and the mark of this very version.", False
    if article.key in text:
        return True, "It answers with the title and the article's key.", False
    return True, "It answers with the title; this target shows no mark of ours.", False


def _words(body: bytes) -> str:
    try:
        return parser.document_fromstring(body).text_content()
    except (etree.ParserError, ValueError):
        return ""


def _letters(text: str) -> str:
    """Letters and digits alone: sites change quotes, dashes and spaces.

    >>> _letters("Heat pumps – “worth it”?") == _letters('Heat pumps - "worth it"?')
    True
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
