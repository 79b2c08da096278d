"""How many tokens a text takes, by its length alone.

Budgets need an answer for any model, thousands of times a second, without its tokenizer: UTF-8
bytes divided by a constant, which holds for letters (one byte each) and for scripts of three bytes
a character alike.
"""

BYTES_PER_TOKEN = 4
"""English takes 3.9 to 4.4 with a vocabulary of 32,000 (benchmarks/retrieval.md); larger ones take more."""


def tokens(text: str) -> int:
    """About how many tokens `text` takes; 0 only for the empty text.

    >>> tokens("Four words, five tokens.")
    6
    """
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return -(-size // BYTES_PER_TOKEN)
