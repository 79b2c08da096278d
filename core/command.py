"""The commands of `python -m core`, each one function of its arguments."""

import argparse
import contextlib
import difflib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from core.errors import BriefError, GalleyError
from core.models import Brief, Ingest, Preview, Run, Status
from core.settings import ROLES, load
from core.studio import AT_THE_DESK, UNDER_WAY, Studio

EXIT = {
    Status.PUBLISHED: 0, Status.FINISHED: 0, Status.REVIEW: 0, Status.PLAN: 0, Status.GATE: 2,
    Status.NO_EVIDENCE: 2, Status.FAILED: 1, Status.CANCELLED: 1, Status.PAUSED: 1,
}  # fmt: skip


def run(given: argparse.Namespace) -> int:
    """Work on the topics in this process, all at once, and wait for them; or only say what they would take."""
    settings = load(budget_usd=given.budget)
    studio = Studio(settings)
    brief = Brief(
        topic="", audience=given.audience, words=given.words, language=given.language, budget_usd=given.budget,
        autopilot=given.autopilot, target=given.target, engines=tuple(given.engine), urls=tuple(given.url),
        allow=tuple(given.allow), deny=tuple(given.deny), published_from=given.published_from,
        published_to=given.published_to, dated_only=given.dated_only, kinds=tuple(given.kind),
        languages=tuple(given.source_language),
        models=dict.fromkeys(ROLES, given.model) if given.model else {},
    )  # fmt: skip
    briefs = [replace(brief, topic=topic) for topic in given.topics]
    if given.estimate:
        return _estimate(briefs, studio, given)
    from core.wiring import open_process
    from core.worker import Worker

    process = open_process(settings)
    worker = Worker(process)
    collections = tuple(_take_in(path, process) for path in given.library)
    ids = [
        studio.start(replace(one, collections=collections), by="command line", reserved_for=worker.id)
        for one in briefs
    ]  # fmt: skip
    return _work_on(ids, worker, studio, given)


def _estimate(briefs: list[Brief], studio: Studio, given: argparse.Namespace) -> int:
    for brief in briefs:
        found = studio.estimate(brief)
        row = {"topic": brief.topic, **asdict(found)}
        said = f"{brief.topic}: {found.told}" + (f". {found.degrades}" if found.degrades else "")
        print(json.dumps(row, ensure_ascii=False) if given.json else said)
    return 0


def resume(given: argparse.Namespace) -> int:
    """Go on with a run from its last finished step."""
    studio = Studio()
    run_ = _existing(given.run, studio)
    if run_.status not in UNDER_WAY and run_.status not in AT_THE_DESK and run_.status is not Status.PLAN:
        studio.resume(given.run, budget_usd=given.budget)
    return _work_on([given.run], _worker(), studio, given)


def fork(given: argparse.Namespace) -> int:
    """Branch off a run and work on the branch here; without a step, list where it can begin."""
    studio = Studio()
    _existing(given.run, studio)
    if not given.step:
        for seq, step, names in studio.forkable(given.run):
            row = {"from": seq, "step": step, "changes": names}
            print(json.dumps(row) if given.json else f"{seq:>5}  {step:<9} {', '.join(names)}")
        return 0
    unclear = [pair for pair in given.set if "=" not in pair]
    if unclear:
        raise BriefError(f"{unclear[0]!r} sets nothing.", remedy="Write --set KEY=VALUE, such as --set tone=formal.")
    changes = dict(pair.split("=", 1) for pair in given.set)
    worker_ = _worker()
    branch = studio.fork(given.run, given.step, changes, by="command line", reserved_for=worker_.id)
    return _work_on([branch], worker_, studio, given)


def publish(given: argparse.Namespace) -> int:
    """Publish the run's present draft to one or more targets, now or later; or only say what that would do."""
    studio = Studio()
    found = _existing(given.run, studio)
    names = given.target or studio.publishing.chosen(found)
    if given.dry_run:
        previews = [studio.publishing.preview(given.run, name, reason=given.reason or "") for name in names]
        for preview in previews:
            _show_preview(preview, given)
        return 0
    data = {"targets": names, "reason": given.reason, "at": given.at, "note": given.note, "overwrite": given.overwrite}
    return _decide_there(given, studio, "publish", data)


def unpublish(given: argparse.Namespace) -> int:
    """Take the run's article down; everywhere unless told where."""
    studio = Studio()
    _existing(given.run, studio)
    names = given.target or [p.target for p in studio.publications(given.run) if p.public or p.publish_at]
    if not names:
        raise BriefError("It is published nowhere.", remedy="`python -m core targets` lists where it could be.")
    return _decide_there(given, studio, "unpublish", {"targets": names})


def _decide_there(given: argparse.Namespace, studio: Studio, kind: str, data: dict[str, Any]) -> int:
    """Decide, carry it out here, and say what became of it at each target; 1 when one did not take it."""
    studio.decide(given.run, kind, by="command line", data=data)
    code = _work_on([given.run], _worker(), studio, given)
    rows = [p for p in studio.publications(given.run) if p.target in data["targets"]]
    if not given.json:
        for row in rows:
            when = f", due {row.publish_at}" if row.publish_at else ""
            seen = f" ({row.checked.said})" if row.checked else ""
            print(f"  {row.target}: {row.status}{when} {row.url or ''}{seen}".rstrip())
            if row.error:
                print(f"    {row.error['message']}\n    {row.error['remedy']}", file=sys.stderr)
    return 1 if any(row.error for row in rows) else code


def _show_preview(preview: Preview, given: argparse.Namespace) -> None:
    if given.json:
        print(json.dumps({**asdict(preview), "page": len(preview.page)}, ensure_ascii=False))
        return
    print(f"{preview.target}:{'' if preview.requests else ' nothing would change'}")
    for request in preview.requests:
        print(f"  {request}")
    for lost in preview.lost:
        print(f"  will be lost here: {lost}")
    if preview.edited:
        print("  somebody changed the article there since it was published")
    if preview.standing is not None:
        lines = difflib.unified_diff(preview.standing.splitlines(), preview.sent.splitlines(), "there", "here", n=0)
        print("\n".join(f"  {line.rstrip()}" for line in lines))


def targets(given: argparse.Namespace) -> int:
    """List where articles can go, and what each needs; with --check, try the connection of those that are set up."""
    studio = Studio()
    code = 0
    for form in studio.publishing.targets():
        state = "ready" if form.offered else f"missing {', '.join(form.missing)}" if form.missing else "off"
        said: tuple[str, ...] = ()
        if given.check and form.offered:
            try:
                said = studio.publishing.test_connection(form.name)
            except GalleyError as error:
                state, said, code = "does not work", (error.message, error.remedy), 1
        row = {"target": form.name, "state": state, "about": form.about, "can": form.can, "said": said}
        print(json.dumps(row, ensure_ascii=False) if given.json else f"{form.name:<10} {state:<30} {form.about}")
        if not given.json:
            print("".join(f"           {line}\n" for line in said), end="")
    return code


def show(given: argparse.Namespace) -> int:
    """Print a run's article with its verdicts."""
    studio = Studio()
    found = _existing(given.run, studio)
    if given.json:
        print(json.dumps(_result(found, studio), ensure_ascii=False))
        return 0
    print(f"{found.title}\n{found.id} · {found.status} · {found.created_at}\n")
    if found.draft_id is None:
        return 0
    for section in studio.draft(found.draft_id).sections:
        print(f"## {section.heading}" if section.heading else "")
        for s in section.sentences:
            marks = "".join(f"[{c.number}]" for c in s.citations)
            print(f"  {s.verdict.label if s.verdict else 'not judged':>13}  {s.text} {marks}")
    return 0


def runs(given: argparse.Namespace) -> int:
    """List runs."""
    page = Studio().runs(search=given.search)
    for found in page.rows:
        row = {"run": found.id, "status": found.status, "created": found.created_at, "title": found.title}
        print(json.dumps(row, ensure_ascii=False) if given.json else "  ".join(map(str, row.values())))
    if not page.rows:
        print('No runs yet. Start one: python -m core run "a topic" --autopilot', file=sys.stderr)
    return 0


def verify(given: argparse.Namespace) -> int:
    """Check articles again, or a record; exit 0 when all holds, 2 otherwise, 1 when it cannot be checked."""
    if given.what and (Path(given.what).is_file() or given.what.lower().endswith(".zip")):
        return _verify_record(given)
    if bool(given.what) == given.all:
        raise BriefError("It is not said what to verify.", remedy="Give a run, a record's file, or --all.")
    from core.verification.again import verify_again
    from core.verification.snapshots import verify as check_again
    from core.verification.telling import as_data, told
    from core.wiring import open_process

    process = open_process()
    code = 0
    for run_id in process.store.watches.published() if given.all else [given.what]:
        checks = check_again(process.store, run_id)
        found = None if given.stored else verify_again(process, run_id, by="command line", now=time.time())
        if given.json:
            print(json.dumps(as_data(run_id, checks, found), ensure_ascii=False))
        else:
            print("\n".join(told(run_id, checks, found)))
        lost = found is not None and any(found.counts.get(state) for state in ("gone", "contradicted"))
        code = 2 if lost or not all(check.holds for check in checks) else code
    return code


def _verify_record(given: argparse.Namespace) -> int:
    """Check a record from its file alone: no database is opened or made."""
    from core.record.check import check_file
    from core.record.keys import own_fingerprint
    from core.record.package import RecordError
    from core.record.telling import told

    try:
        checked = check_file(Path(given.what), key=given.key)
    except RecordError as error:
        if given.json:
            print(json.dumps({"record": given.what, "holds": False, "damage": list(error.found)}, ensure_ascii=False))
        raise
    if given.json:
        print(json.dumps({"record": given.what, "holds": checked.holds, **asdict(checked)}, ensure_ascii=False))
    else:
        print("\n".join(told(checked, own=own_fingerprint(load().data / "keys"))))
    return 0 if checked.holds else 2


def record(given: argparse.Namespace) -> int:
    """Write a run's record to a file."""
    from core.record.export import export, key_fingerprint

    studio = Studio()
    _existing(given.run, studio)
    path = Path(given.out or f"{given.run}.zip")
    body = export(studio.store, given.run, studio.settings)
    try:
        path.write_bytes(body)
    except OSError as error:
        raise BriefError(
            f"{str(path)!r} cannot be written ({error.strerror}).", remedy="Choose another --out."
        ) from error
    said = {"run": given.run, "record": str(path), "bytes": len(body), "signed_by": key_fingerprint(studio.settings)}
    print(json.dumps(said) if given.json else f"{path}, {len(body):,} bytes, signed by {said['signed_by']}\n"
          f"Anyone checks it with: python -m core verify {path} --key {said['signed_by']}")  # fmt: skip
    return 0


def export(given: argparse.Namespace) -> int:
    """Write a run's article to a file and print its path."""
    from core.export import article_file

    studio = Studio()
    path = article_file(_existing(given.run, studio), studio.store, studio.settings, given.format)
    print(json.dumps({"run": given.run, "file": str(path)}) if given.json else path)
    return 0


def backup(given: argparse.Namespace) -> int:
    """Write everything in the data folder to one file."""
    from core.backup import as_data, back_up

    made = back_up(load().data, Path(given.file) if given.file else None, keys=given.keys)
    print(json.dumps(as_data(made)) if given.json else f"{made.path}: {_held(made)}")
    return 0


def restore(given: argparse.Namespace) -> int:
    """Put a backup back and say what came back."""
    from core.backup import as_data
    from core.backup import restore as put_back

    data = load().data
    back = put_back(Path(given.file), data, replace=given.replace)
    print(json.dumps(as_data(back)) if given.json else f"{data}: {_held(back)}, as of {back.at}")
    return 0


def _held(found: Any) -> str:
    keys = "with" if found.keys else "without"
    return f"{found.runs:,} runs, {len(found.files):,} files, {found.bytes / 1e6:,.1f} MB, {keys} keys"


def prune(given: argparse.Namespace) -> int:
    """Drop old pages of the web and old checkpoints, and say how much room that made."""
    from datetime import UTC, datetime, timedelta

    from core.graph import forget_steps, open_checkpoints

    studio = Studio()
    database = studio.store.database
    before = (datetime.now(UTC) - timedelta(days=given.days)).isoformat()
    pages = studio.store.web_cache.forget(before)
    checkpoints = open_checkpoints(studio.settings.database)
    steps = sum(forget_steps(checkpoints, run_id) for run_id in studio.store.runs.at_rest())
    checkpoints.conn.close()
    free = database.free_bytes()
    if given.shrink:
        database.shrink()
    said = {"pages": pages, "checkpoints": steps, "free_bytes": free, "shrunk": given.shrink}
    print(json.dumps(said) if given.json else f"{pages} pages and {steps} checkpoints dropped, {free / 1e6:.1f} MB "
          f"{'given back to the disk' if given.shrink else 'free in the file, to be used again'}")  # fmt: skip
    return 0


def add(given: argparse.Namespace) -> int:
    """Queue things for the library and take them in here and now; exit 1 when one of them failed."""
    from core.library import take_in
    from core.wiring import open_process

    studio, process = Studio(), open_process()
    for what in given.what:
        if what.startswith(("http://", "https://")):
            studio.add_url(what, given.collection or "pages")
        else:
            studio.add_folder(what, given.collection)
    code = 0
    while ingest := process.store.ingests.claim("command line"):
        try:
            with _bar(ingest.collection) as tell:
                take_in(ingest, process, tell=tell)
        except GalleyError as error:
            process.store.ingests.fail(ingest.id, str(error))
            print(f"{error.message}\n{error.remedy}", file=sys.stderr)
            code = 1
            continue
        done = next(i for i in studio.ingests() if i.id == ingest.id)
        print(f"{done.what}: {done.done - done.unchanged} of {done.total} added, {done.unchanged} held already,"
              f" {done.failed} failed, {done.passages} passages"
              f" ({done.seconds:.1f} s){': ' + done.message if done.message else ''}")  # fmt: skip
    return code


@contextlib.contextmanager
def _bar(name: str) -> Iterator[Callable[[Ingest], None]]:
    """A bar with rate and time left on a terminal; nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from tqdm import tqdm

    with tqdm(desc=name, unit=" files", file=sys.stderr, dynamic_ncols=True) as bar:

        def tell(ingest: Ingest) -> None:
            bar.total, bar.initial = ingest.total, ingest.unchanged
            bar.set_postfix_str(f"{ingest.passages} passages, {ingest.failed} failed", refresh=False)
            bar.n = ingest.done + ingest.failed
            bar.refresh()

        yield tell


def worker(given: argparse.Namespace) -> int:
    """Execute runs, and serve the site's preview, until told to stop."""
    from core.store import Store

    early = f"starting-{os.getpid()}"
    store = Store(load().database)
    store.runs.worker_beat(early, os.getpid())  # known to be coming while the rest is still loading

    from core.agents.publisher import target_for
    from core.errors import PublishError
    from core.publishing.serve import stand_by
    from core.wiring import open_process
    from core.worker import Worker

    process = open_process()
    worker_ = Worker(process)
    worker_.announce()
    store.runs.worker_gone(early)
    target_for("site", process.settings).rebuild()

    def taken(error: PublishError) -> None:
        print(error.message, "Another worker serves it, as a rule; when that ends, this one does.", file=sys.stderr)

    site = (process.settings.data / "site", process.settings.site_port, taken)
    threading.Thread(target=stand_by, args=site, name="preview", daemon=True).start()
    worker_.work()
    return 0


def serve(given: argparse.Namespace) -> int:
    """Start everything, say where it is, and end it together."""
    from core.serving import serve_all

    return serve_all(load())


def doctor(given: argparse.Namespace) -> int:
    """Print what is well and what is not; exit 1 when something a run needs is missing."""
    studio = Studio()
    checks = studio.doctor()
    for check in checks:
        print(f"{'ok  ' if check.ok else 'look'}  {check.name}: {check.message}")
        if not check.ok and check.remedy:
            print(f"      {check.remedy}")
    needed = {"Database", "Disk"}
    return 1 if any(not check.ok and check.name in needed for check in checks) else 0


def judge_trial(given: argparse.Namespace) -> int:
    """Ask the configured judge model claims whose truth is known; exit 1 when it is not good enough."""
    trial = Studio().judging.run_trial()
    if given.json:
        print(json.dumps(asdict(trial), ensure_ascii=False))
        return 0 if trial.accepted else 1
    cost = "price unknown" if trial.cost_usd is None else f"${trial.cost_usd:.4f}"
    print(f"{trial.model}: {'accepted' if trial.accepted else 'not accepted'} as a judge")
    print(f"  balanced accuracy {trial.balanced_accuracy:.0%}, quotes verbatim {trial.verbatim:.0%}, "
          f"{trial.answered} of {trial.claims} answers count, {cost}")  # fmt: skip
    for kind, (right, of) in trial.kinds.items():
        print(f"  {kind}: {right} of {of} right")
    return 0 if trial.accepted else 1


# --- working and waiting ---------------------------------------------------------------


def _worker() -> Any:
    from core.wiring import open_process
    from core.worker import Worker

    return Worker(open_process())


def _existing(run_id: str, studio: Studio) -> Run:
    found = studio.run(run_id)
    if found is None:
        raise BriefError(f"There is no run {run_id!r}.", remedy="`python -m core runs` lists them.")
    return found


def _take_in(path: str, process: Any) -> str:
    """Add a file or folder to the library now; returns its collection."""
    from core.library import take_in

    folder = Path(path).expanduser().resolve()
    collection = folder.name
    ingest_id = process.store.ingests.add("folder", str(folder), collection=collection)
    take_in(Ingest(id=ingest_id, kind="folder", what=str(folder), collection=collection, status="running"), process)
    return collection


def _work_on(ids: list[str], worker_: Any, studio: Studio, given: argparse.Namespace) -> int:
    """Execute these runs here, show how far they are, and report each one's end."""
    worker_.restrict(tuple(ids))
    thread = threading.Thread(target=worker_.work, name="worker")
    signal.signal(signal.SIGTERM, worker_.stop)
    began = time.monotonic()
    thread.start()
    try:
        _show_progress(ids, studio, thread)
    except KeyboardInterrupt:
        worker_.stop()
        raise
    finally:
        thread.join()
    results = [_result(_existing(run_id, studio), studio) for run_id in ids]
    for result in results:
        _report(result, given)
    if given.json and len(results) > 1:
        worst = max(results, key=lambda r: EXIT.get(Status(r["status"]), 1))
        print(json.dumps({"runs": results, "status": worst["status"], "seconds": round(time.monotonic() - began, 2)}))
    return max((EXIT[Status(r["status"])] for r in results), key=lambda code: {0: 0, 2: 1, 1: 2}[code])


def _show_progress(ids: list[str], studio: Studio, thread: threading.Thread) -> None:
    """A bar a run on a terminal; nothing where nobody looks."""
    if not sys.stderr.isatty():
        thread.join()
        return
    from tqdm import tqdm

    bars = {
        run_id: tqdm(total=100, desc=_existing(run_id, studio).title[:40], position=i, file=sys.stderr,
                     bar_format="{desc}: {percentage:3.0f}% |{bar}| {elapsed} {postfix}")
        for i, run_id in enumerate(ids)
    }  # fmt: skip
    while thread.is_alive():
        thread.join(0.3)
        for run_id, bar in bars.items():
            found = _existing(run_id, studio)
            at = studio.progress(run_id)
            bar.set_description_str(found.title[:40], refresh=False)
            counts = at.counts
            bar.set_postfix_str(
                f"{found.step.value}, {counts['sources']} read, {counts['supported']} of {counts['judged']} supported",
                refresh=False,
            )
            bar.update(round(at.fraction * 100) - bar.n)
    for bar in bars.values():
        bar.close()


def _result(found: Run, studio: Studio) -> dict[str, Any]:
    card = studio.scorecard(found.draft_id) if found.draft_id else None
    scores = {k: v for k, v in vars(card).items() if isinstance(v, float)} if card else {}
    publications = studio.publications(found.id)
    published = [asdict(p) for p in publications if p.public]
    read = {s.url for s in studio.sources(found.id) if s.status == "read"}
    return {
        "run": found.id, "status": found.status.value, "title": found.title,
        "scores": {k: round(v, 4) for k, v in scores.items()},
        "claims": {k: getattr(card, k) for k in ("claims", "supported", "partly", "unsupported", "contradicted")}
        if card else {},
        "seconds": studio.progress(found.id).elapsed_s, "model_calls": found.model_calls,
        "tokens_in": found.tokens_in, "tokens_out": found.tokens_out,
        "cost_usd": None if found.unpriced else round(found.cost_usd, 6),
        "pages_read": len(read), "publication": published[0] if published else None,
        "publications": [asdict(p) for p in publications],
        "article": _article(found, studio), "error": found.error,
    }  # fmt: skip


def _article(found: Run, studio: Studio) -> str | None:
    """The path of the run's article as Markdown, written now."""
    if found.draft_id is None or studio.scorecard(found.draft_id) is None:
        return None
    from core.export import article_file

    return str(article_file(found, studio.store, studio.settings))


def _report(result: dict[str, Any], given: argparse.Namespace) -> None:
    if given.json:
        print(json.dumps(result, ensure_ascii=False))
        return
    print(f"{result['title']}: {result['status'].replace('_', ' ')}, {result['seconds']} s, run {result['run']}")
    if result["claims"]:
        claims = result["claims"]
        print(f"  {claims['supported']} of {claims['claims']} claims supported, "
              f"faithfulness {result['scores']['faithfulness']:.2f}")  # fmt: skip
    if result["article"]:
        print(f"  {result['article']}")
    if result["publication"]:
        print(f"  {result['publication']['url']}")
    if result["status"] in (Status.PLAN, Status.REVIEW, Status.GATE):
        print("  It waits for you: open it in the studio, or run again with --autopilot.")
    if result["error"]:
        print(f"  {result['error']['message']}\n  {result['error']['remedy']}", file=sys.stderr)
