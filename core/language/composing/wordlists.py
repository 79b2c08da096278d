"""Word lists written as running text."""


def listed(text: str) -> tuple[str, ...]:
    """The words of a text, in order.

    >>> listed("heat pump")
    ('heat', 'pump')
    """
    return tuple(text.split())
