"""Everything that is kept: one SQLite file, one noun a file.

`Store` is what the rest of Galley holds; its attributes are the nouns.
"""

from pathlib import Path

from core.store.calls import Calls
from core.store.database import Database
from core.store.decisions import Decisions
from core.store.drafts import Drafts
from core.store.events import Events
from core.store.evidence import EvidenceStore
from core.store.exports import Exports
from core.store.ingests import Ingests
from core.store.passages import Passages
from core.store.plans import Plans
from core.store.presence import Presence
from core.store.publications import Publications
from core.store.runs import Runs
from core.store.saved_settings import SavedSettings
from core.store.sources import Sources
from core.store.watches import Watches
from core.store.web_cache import WebCache


class Store:
    """The database, noun by noun. Thread-safe; cheap to open once the file exists.

    Raises:
        StoreError: the file cannot be opened, is damaged, or is newer than this Galley.
    """

    def __init__(self, path: Path) -> None:
        self.database = Database(path)
        self.settings = SavedSettings(self.database)
        self.presence = Presence(self.database)
        self.runs = Runs(self.database)
        self.events = Events(self.database)
        self.decisions = Decisions(self.database)
        self.plans = Plans(self.database)
        self.sources = Sources(self.database)
        self.web_cache = WebCache(self.database)
        self.passages = Passages(self.database)
        self.evidence = EvidenceStore(self.database, self.passages)
        self.drafts = Drafts(self.database)
        self.calls = Calls(self.database)
        self.publications = Publications(self.database)
        self.exports = Exports(self.database)
        self.watches = Watches(self.database)
        self.ingests = Ingests(self.database)
