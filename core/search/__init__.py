"""Question in, hits out. Importing this package puts the built-in engines on the shelf."""

from core.search import arxiv, brave, duckduckgo, library, searxng, tavily, wikipedia
from core.search.engine import ENGINES, SERVICES, Engine, EngineDown
from core.search.merge import SearchResult, search_all
from core.search.outages import Outages

BUILT_IN = (library, duckduckgo, wikipedia, arxiv, searxng, tavily, brave)

__all__ = ["BUILT_IN", "ENGINES", "SERVICES", "Engine", "EngineDown", "Outages", "SearchResult", "search_all"]
