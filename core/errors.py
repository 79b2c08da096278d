"""What can go wrong, in words a person can act on.

Every error carries a remedy. It is raised where the fault is found and shown
where a person can act; its text never becomes an article, a score or a citation.
"""


class GalleyError(Exception):
    """Something went wrong that a person can do something about.

    Args:
        message: what happened, in one sentence.
        remedy: what to do next, in one sentence.
    """

    retryable = False

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def as_dict(self) -> dict[str, str]:
        """`{"kind", "message", "remedy"}`, as stored with a run or an event."""
        return {"kind": type(self).__name__, "message": self.message, "remedy": self.remedy}

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


class BriefError(GalleyError):
    """The brief cannot be worked on as it stands."""


class SettingsError(GalleyError):
    """A setting is missing or makes no sense."""


class StoreError(GalleyError):
    """The database cannot be read or written."""


class DiskFull(StoreError):
    """There is no room left for the database; a run waits until there is."""


class SearchError(GalleyError):
    """One search engine could not answer; the others go on."""


class ReadError(GalleyError):
    """One page or file could not be read; the next hit takes its place."""


class RefusedError(ReadError):
    """A page that may not be read: a private address, robots.txt, a denied site."""


class LanguageError(GalleyError):
    """A model did not give a usable answer."""


class TransientLanguageError(LanguageError):
    """A model did not answer this time: too many requests, a server fault, a time-out."""

    retryable = True


class BudgetSpent(GalleyError):
    """The brief's money is used up."""


class NoEvidence(GalleyError):
    """Nothing that was read says anything about the topic."""


class PublishError(GalleyError):
    """A target did not take the article."""


class EditedThereError(PublishError):
    """Somebody changed or removed the article at the target since we last wrote it; a person chooses."""


class SlugTakenError(PublishError):
    """The address belongs to another article at the target; it is never overwritten."""


class UnansweredError(PublishError):
    """The request may or may not have been carried out: look it up by its key before it is sent again."""

    retryable = True


class ConflictError(GalleyError):
    """Somebody else changed this since it was read."""


class Cancelled(GalleyError):
    """A person stopped the run."""

    def __init__(self) -> None:
        super().__init__("The run was stopped.", remedy="Start it again from the Runs page.")
