"""One reader a file; each puts itself on the shelf in readers.py."""
