"""`python -m core`: Galley without the studio."""

import argparse
import sys

EPILOG = """\
exit codes: 0 published or finished; 2 stopped at the gate, or no evidence; 1 failed, with the remedy
data lives in data/, or in $GALLEY_DATA; OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_MODEL, SEARXNG_URL are honoured"""


def parser() -> argparse.ArgumentParser:
    """The command line; imports nothing heavy, so that help comes at once."""
    top = argparse.ArgumentParser(
        prog="python -m core", description="Galley: from a topic to a published, verified article.", epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="research, write, check and publish one or more topics")
    run.add_argument("topics", nargs="+", metavar="TOPIC")
    run.add_argument("--autopilot", action="store_true", help="approve the plan and publish what passes the gate")
    run.add_argument("--target", help="where to publish, such as `site`")
    run.add_argument("--library", action="append", default=[], metavar="PATH", help="a file or folder to draw on")
    run.add_argument("--engine", action="append", default=[], metavar="NAME", help="a search engine; repeatable")
    run.add_argument("--url", action="append", default=[], metavar="URL", help="a page to read; repeatable")
    run.add_argument("--allow", action="append", default=[], metavar="SITE", help="keep to this site; repeatable")
    run.add_argument("--deny", action="append", default=[], metavar="SITE", help="leave this site out; repeatable")
    run.add_argument("--from", dest="published_from", metavar="DATE", help="use sources published on this day or later")
    run.add_argument("--to", dest="published_to", metavar="DATE", help="use sources published on this day or earlier")
    run.add_argument("--dated-only", action="store_true", help="leave out sources that give no date")
    run.add_argument(
        "--kind", action="append", default=[], metavar="KIND", help="web, pdf, word, markdown or text; repeatable"
    )
    run.add_argument(
        "--source-language", action="append", default=[], metavar="CODE", help="of sources, such as de; repeatable"
    )
    run.add_argument("--model", help="a model for every role; `extractive` for none")
    run.add_argument("--budget", type=float, metavar="USD")
    run.add_argument("--words", type=int, default=1200)
    run.add_argument("--audience", default="general reader")
    run.add_argument("--language", default="en")
    run.add_argument("--estimate", action="store_true", help="only say what it would cost and how long it would take")
    run.add_argument("--json", action="store_true", help="the last line of the output is one JSON object")

    for name, text in (("resume", "go on with a run"), ("show", "what a run found and wrote"),
                       ("record", "write an article's signed record to a file")):  # fmt: skip
        one = commands.add_parser(name, help=text)
        one.add_argument("run")
        one.add_argument("--json", action="store_true")
        if name == "resume":
            one.add_argument("--budget", type=float, metavar="USD", help="what the run may cost in all")
        if name == "record":
            one.add_argument("--out", metavar="FILE.zip", help="where to; RUN.zip unless given")
    export = commands.add_parser("export", help="write a run's article to a file")
    export.add_argument("run")
    export.add_argument("--format", choices=("html", "pdf", "docx", "md"), default="md")
    export.add_argument("--json", action="store_true")
    verify = commands.add_parser("verify", help="check an article, or the record of one, again")
    verify.add_argument(
        "what", nargs="?", metavar="RUN|RECORD.zip", help="a record is checked from its file alone, offline"
    )
    verify.add_argument("--all", action="store_true", help="every published article")
    verify.add_argument("--stored", action="store_true", help="by the stored snapshots alone, not the live pages")
    verify.add_argument("--key", metavar="FINGERPRINT", help="the key that must have signed the record")
    verify.add_argument("--json", action="store_true")
    publish = commands.add_parser("publish", help="publish a run's article")
    publish.add_argument("run")
    publish.add_argument("--target", action="append", default=[], metavar="NAME", help="where to; repeatable")
    publish.add_argument("--at", metavar="TIME", help="later, such as 2030-01-31T08:00+01:00")
    publish.add_argument("--reason", help="why to publish although not everything is supported")
    publish.add_argument("--note", help="what changed, for the article's list of updates")
    publish.add_argument(
        "--overwrite", action="append", default=[], metavar="NAME", help="replace what somebody changed at this target"
    )
    publish.add_argument("--dry-run", action="store_true", help="only say what would be sent, lost and changed")
    publish.add_argument("--json", action="store_true")
    unpublish = commands.add_parser("unpublish", help="take a run's article down")
    unpublish.add_argument("run")
    unpublish.add_argument(
        "--target", action="append", default=[], metavar="NAME", help="where; everywhere unless given"
    )
    unpublish.add_argument("--json", action="store_true")
    targets = commands.add_parser("targets", help="where articles can go, and what each needs")
    targets.add_argument("--check", action="store_true", help="try the connection of those that are set up")
    targets.add_argument("--json", action="store_true")
    listing = commands.add_parser("runs", help="list runs, newest first")
    listing.add_argument("--search", default="")
    listing.add_argument("--json", action="store_true")
    add = commands.add_parser("add", help="add files, folders or addresses to the library")
    add.add_argument("what", nargs="+", metavar="PATH_OR_URL")
    add.add_argument("--collection")
    fork = commands.add_parser("fork", help="go on with a run from one of its steps, with something changed there")
    fork.add_argument("run")
    fork.add_argument(
        "--from", dest="step", metavar="STEP",
        help="plan, research, write, judge, edit, review, or an event's number; without it the steps are listed",
    )  # fmt: skip
    fork.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE",
        help="such as tone=formal, model.writer=NAME, gate=0.9, question.2=TEXT, exclude=PASSAGES; repeatable",
    )  # fmt: skip
    fork.add_argument("--json", action="store_true")
    trial = commands.add_parser("judge-trial", help="try the configured judge model with claims whose truth is known")
    trial.add_argument("--json", action="store_true")
    backup = commands.add_parser("backup", help="write everything to one file, also while Galley works")
    backup.add_argument("file", nargs="?", metavar="FILE.tar")
    backup.add_argument("--keys", action="store_true", help="with the keys that sign records; keep the file secret")
    backup.add_argument("--json", action="store_true")
    restore = commands.add_parser("restore", help="put a backup back")
    restore.add_argument("file", metavar="FILE.tar")
    restore.add_argument("--replace", action="store_true", help="also where something stands; that is kept beside it")
    restore.add_argument("--json", action="store_true")
    prune = commands.add_parser("prune", help="drop what can be made or fetched again")
    prune.add_argument("--days", type=float, default=30, help="pages of the web fetched longer ago; 30 unless given")
    prune.add_argument("--shrink", action="store_true", help="make the file smaller; with nothing else running")
    prune.add_argument("--json", action="store_true")
    commands.add_parser("worker", help="execute runs until told to stop")
    commands.add_parser("serve", help="start the studio, its workers and Phoenix; what `make run` does")
    commands.add_parser("doctor", help="see whether everything is in order")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = parser().parse_args(arguments)
    from core import command
    from core.errors import GalleyError

    try:
        return int(getattr(command, given.command.replace("-", "_"))(given))
    except GalleyError as error:
        print(f"{error.message}\n{error.remedy}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; what is finished is kept.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
