"""An article as a file to keep, send or print: one format a module, each `(article) -> bytes`."""
