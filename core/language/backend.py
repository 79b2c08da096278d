"""What the router and the ledger know of a model's backend: `tasks.Language` and three things more."""

from collections.abc import Callable
from typing import Protocol

from core.language.tasks import Answer, Reply, Task


class Backend(Protocol):
    """One model, ready to be asked."""

    model: str

    @property
    def free(self) -> bool:
        """Whether a call costs nothing for certain."""

    def ask(
        self,
        task: Task[Answer],
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        on_restart: Callable[[], None] | None = None,
    ) -> Reply[Answer]:
        """As `tasks.Language.ask`; `on_restart` says that the pieces given to `on_text` are void."""
