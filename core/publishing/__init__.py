"""Articles and where they go: rendering, and one target a file."""

from core.publishing import site as site  # puts itself on the shelf
