"""How the parts are put together: once for a process, once for a run."""

import math
from dataclasses import dataclass, field

from core.errors import LanguageError
from core.events import Kind
from core.holdings import Holdings, LibrarySearch
from core.language.breaker import Breaker
from core.language.exchange import CHARS_PER_TOKEN
from core.language.ledger import Ledger
from core.language.openai import OpenAI
from core.language.pace import Pace
from core.language.prices import cost
from core.language.rerank import RERANKER, rerank_model
from core.language.router import EXTRACTIVE, Router, TooSlow
from core.language.tasks import Task
from core.models import Brief, Call, Run
from core.reading.web import Cached, Client
from core.retrieval.embed import WordVectors
from core.runtime import Context, Searcher
from core.search import ENGINES, Engine
from core.settings import ROLES, Settings, load
from core.store import Store
from core.tracing import Tracer

SERVICE_REQUESTS = 16
"""At once to a search service that a person runs or pays for; strangers' sites get two."""


TRIES = 5
"""Of one request that may yet be answered."""
TRIES_BEFORE_ANOTHER = 3
"""Where another model stands by: some two seconds instead of eight."""


@dataclass
class Process:
    """What all runs of one process share."""

    settings: Settings
    store: Store
    client: Client
    """Reads what was found: guarded."""
    services: Client
    """Talks to services a person configured, which may well run on this machine."""
    holdings: Holdings
    tracer: Tracer
    breaker: Breaker = field(default_factory=Breaker)
    """Shared, so that each run need not find out anew which model is down."""
    pace: Pace = field(default_factory=Pace)
    """Likewise: how long each model usually takes, as the ledger knows it."""


def open_process(settings: Settings | None = None) -> Process:
    """Open the database and what works on it.

    Raises:
        StoreError, SettingsError
    """
    settings = settings or load()
    store = Store(settings.database)
    settings = load(store.settings.load(), data=settings.data)
    return Process(
        settings=settings, store=store,
        client=Client(
            allow_private=settings.allow_private_addresses, max_bytes=settings.page_bytes,
            deadline_s=settings.page_deadline_s, cache=HeldPages(store),
        ),
        services=Client(allow_private=True, per_host=SERVICE_REQUESTS),
        holdings=Holdings(store, WordVectors()), tracer=Tracer(settings.phoenix),
        pace=Pace(before=store.calls.times),
    )  # fmt: skip


class HeldPages:
    """The web client's cache, kept in the store."""

    def __init__(self, store: Store) -> None:
        self._pages = store.web_cache

    def get(self, url: str) -> Cached | None:
        page = self._pages.get(url)
        return Cached(**page) if page else None

    def put(self, url: str, page: Cached) -> None:
        self._pages.put(url, {**vars(page), "headers": dict(page.headers)})


def settings_now(process: Process) -> Settings:
    """The settings as a person and the environment have them at this moment."""
    return load(process.store.settings.load(), data=process.settings.data)


def context_for(run: Run, process: Process) -> Context:
    """The surroundings of one run, with the settings as they are now.

    Raises:
        SettingsError: an engine or a model is not set up.
    """
    settings = settings_now(process)
    brief, store = run.brief, process.store
    if brief.gate is not None:
        settings = settings.model_copy(update={"gate": brief.gate})
    searcher = Searcher(
        [_engine(name, run, process, settings) for name in brief.engines or settings.engines],
        allow=(*brief.allow, *settings.allow), deny=(*brief.deny, *settings.deny),
    )  # fmt: skip
    context = Context(
        run_id=run.id, attempt=run.attempt, brief=brief, settings=settings, store=store, language=None,  # type: ignore[arg-type]
        searcher=searcher, client=process.client, holdings=process.holdings, tracer=process.tracer,
    )  # fmt: skip
    context.language = _router(context, process)
    return context


def model_named(model: str, settings: Settings, *, attempts: int = TRIES) -> OpenAI:
    """A model at the endpoint of the settings."""
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    endpoint = {"base_url": settings.base_url} if settings.base_url else {}
    return OpenAI(api_key=key, model=model, timeout_s=settings.request_timeout_s, attempts=attempts, **endpoint)


def _router(context: Context, process: Process) -> Router:
    settings, store = context.settings, context.store

    def backend(model: str) -> Ledger:
        if settings.rerank_base_url and model == settings.rerank_model:
            return Ledger(rerank_model(settings), store.calls, run_id=context.run_id)
        openai = model_named(model, settings, attempts=TRIES_BEFORE_ANOTHER if model in followed else TRIES)
        return Ledger(openai, store.calls, run_id=context.run_id)

    def run_now() -> Run:
        run = store.runs.get(context.run_id)
        assert run is not None, "a run that is worked on exists"
        return run

    def on_call(call: Call) -> None:
        replayed = call.status == "replayed"
        if replayed:
            store.calls.add(call)
        context.emit(
            Kind.CALLED, run_now().step, role=call.role, task=call.task, model=call.model, status=call.status,
            tokens_in=call.tokens_in, tokens_out=call.tokens_out, cost_usd=call.cost_usd, seconds=call.seconds,
            replayed=replayed,
        )  # fmt: skip

    def on_budget(spent: float, budget: float, note: str) -> None:
        context.emit(
            Kind.BUDGET, run_now().step, spent_usd=spent, budget_usd=budget, share=spent / budget if budget else 1.0,
            note=note,
        )  # fmt: skip

    def on_fallback(role: str, gone: str, to: str, error: LanguageError) -> None:
        context.emit(
            Kind.FALLBACK, run_now().step, role=role, model=gone, to=to, reason=error.message,
            note=_handed_on(role, gone, to, error),
        )  # fmt: skip

    def expected(model: str, task: Task) -> float:
        read = math.ceil(len(task.system + task.user) / CHARS_PER_TOKEN)
        return cost(model, read, 0, task.max_tokens // 2, base_url=settings.base_url) or 0.0

    asks = [role for role in ROLES if context.model_for(role) != EXTRACTIVE]  # where none was chosen, none takes over
    chains = {role: list(dict.fromkeys((context.model_for(role), *settings.fallbacks_for(role)))) for role in asks}
    followed = {model for chain in chains.values() for model in chain[:-1]}
    return Router(
        backend, model_for=lambda role: settings.rerank_model if role == RERANKER else context.model_for(role),
        budget_usd=context.brief.budget_usd or None, fallbacks=chains,  # 0 is no limit, as under Settings
        small_for={role: small for role in asks if (small := settings.small_for(role))},
        spent=lambda: run_now().cost_usd, expected=expected, on_call=on_call,
        on_budget=on_budget, on_fallback=on_fallback, breaker=process.breaker, pace=process.pace,
    )  # fmt: skip


def _handed_on(role: str, gone: str, to: str, error: LanguageError) -> str:
    """In words for the live view and the costs: who did not answer, and who took over."""
    slow = isinstance(error, TooSlow)
    what = f"{gone} {'took three times its usual time' if slow else 'did not answer'}"
    return f"{role.capitalize()}: {what}; {'it was asked once more' if gone == to else f'{to} took over'}."


def _language(brief: Brief) -> str:
    """To search in: the article's, unless sources of others alone are asked for."""
    return brief.language if brief.language in (brief.languages or (brief.language,)) else brief.languages[0]


def _engine(name: str, run: Run, process: Process, settings: Settings) -> Engine:
    own = settings.engine_settings.get(name, {})
    client = process.services if name == "searxng" or "base_url" in own else process.client
    given = {
        "fetch": client.get, "post": client.post_json,
        "lookup": LibrarySearch(process.holdings, run.brief).hits,
        "language": _language(run.brief),
        "published": (run.brief.published_from, run.brief.published_to),
        "dated": (run.brief.published_from, run.brief.published_to) if run.brief.dated_only else None,
        "base_url": settings.searxng_url if name == "searxng" else None,
        "api_key": {"tavily": settings.tavily_api_key, "brave": settings.brave_api_key}.get(name),
        **own,
    }  # fmt: skip
    wanted = {field.name for field in ENGINES.fields(name)}
    return ENGINES.create(name, **{key: value for key, value in given.items() if key in wanted and value is not None})
