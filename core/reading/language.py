"""The language of a text that does not say it: most files of a library do not.

Method: naive Bayes over byte n-grams (Lui & Baldwin, langid.py, ACL 2012), as py3langid keeps it. Its model takes
0.7 s to load and 75 MB, so it is loaded with the first such text; a text then takes 1 ms.
"""

import threading
from functools import cache
from typing import Any

LEAST_SURE = 0.9
"""Below this probability a language is not named: a sentence in German reaches 0.87, one of each of two languages 0.5,
a page of one language 0.999."""
LEAD_CHARACTERS = 3_000
_loading = threading.Lock()


def language_of(text: str) -> str | None:
    """Two or three letters, such as `de`; None where the text is too short, too mixed or no language.

    >>> language_of("Die Wärmepumpe heizt das alte Haus auch im Winter, wenn die Heizkörper groß genug sind.")
    'de'
    >>> language_of("| 1 | 2 |") is None
    True
    """
    with _loading:
        identifier = _identifier()
    language, probability = identifier.classify(text[:LEAD_CHARACTERS])
    return language if probability >= LEAST_SURE else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
