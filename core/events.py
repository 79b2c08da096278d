"""The vocabulary of events: what the engine says while it works.

The live view, the replay, the costs page and the tests read the same rows, so each kind
and its data are fixed here. Data is small JSON: ids, counts and short texts, never a
page, a prompt or a secret.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What happened; the comment gives the data's keys."""

    RUN_QUEUED = "run_queued"  # topic, by
    RUN_CLAIMED = "run_claimed"  # worker, attempt
    STEP_STARTED = "step_started"  # label
    STEP_FINISHED = "step_finished"  # label, key, seconds, update (what it changed in the state)
    STEP_REDONE = "step_redone"  # label: a step cut short by a crash starts over
    PLANNED = "planned"  # plan_id, version, title, questions (count)
    SEARCHING = "searching"  # question_id, section, queries, engines
    FOUND = "found"  # question_id, hits (count), engines {name: count}
    ENGINE_DOWN = "engine_down"  # engine, message, remedy
    READING = "reading"  # question_id, url, title
    READ = "read"  # question_id, source_id, title, url, words, passages
    SKIPPED = "skipped"  # question_id, url, title, reason
    DUPLICATE = "duplicate"  # source_id, title, duplicate_of, of_title
    FLAGGED = "flagged"  # source_id, title, flag, note
    ASSEMBLED = "assembled"  # question_id, section, used, left_out, sufficient, note
    SEARCHED_AGAIN = "searched_again"  # question_id, section, round, queries, pages, passages (new ones), sufficient
    CONFLICT = "conflict"  # subject, kind, first {passage_id, title, quote}, second {...}
    TEXT = "text"  # section (position), heading, text: a piece of prose, batched; restart: what came before is void
    WRITTEN = "written"  # section (position), heading, sentences (count), words
    DRAFTED = "drafted"  # draft_id, version, origin, sentences, words
    JUDGED = "judged"  # draft_id, section, verdicts [[sentence_id, label, score], ...], canary
    SCORED = "scored"  # draft_id, scorecard {...}, passed, reasons
    DIAGNOSED = "diagnosed"  # draft_id, causes [[sentence_id, cause, failure, reason], ...]
    REVISED = "revised"  # draft_id, round, rewritten, attributed, cut, kept (bool: was it better), why
    NOTED = "noted"  # draft_id, notes (count), accepted (count)
    CALLED = "called"  # role, task, model, tokens_in, tokens_out, cost_usd, seconds, replayed
    FALLBACK = "fallback"  # role, model, to, reason, note: another model, or the same once more, is asked instead
    BUDGET = "budget"  # spent_usd, budget_usd, share, note
    WAITING = "waiting"  # waits: plan, or the status it rests in
    DECIDED = "decided"  # kind, by, note
    PUBLISHING = "publishing"  # target, doing
    PUBLISHED = "published"  # target, url, status, version
    NOT_PUBLISHED = "not_published"  # target, kind, message, remedy
    PAUSED = "paused"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    FAILED = "failed"  # kind, message, remedy
