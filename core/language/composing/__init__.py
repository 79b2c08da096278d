"""Articles composed of the sources' own sentences: one idea a file, `section` and `plan` are the ways in."""

from core.language.composing.plain import Plain, normalise, plain, verbatim

__all__ = ["Plain", "normalise", "plain", "verbatim"]
