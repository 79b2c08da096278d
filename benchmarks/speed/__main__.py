"""`python -m benchmarks.speed WHAT`: how fast Galley is. Needs an idle machine; the load is told with every table."""

import argparse
import sys
from pathlib import Path


def main() -> int:
    top = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    what = top.add_subparsers(dest="what", required=True)
    at_once = what.add_parser("at_once", help="1, 5, 10 and 20 runs at once against their critical path")
    at_once.add_argument("counts", nargs="*", type=int, default=[1, 5, 10, 20])
    at_once.add_argument("--extractive", action="store_true", help="the same without a model")
    at_once.add_argument("--workers", type=int, default=2, help="processes that share them; serve keeps up 2")
    faulty = what.add_parser("faulty", help="what faults of model and pages cost")
    faulty.add_argument("--runs", type=int, default=5)
    for one in (at_once, faulty):
        one.add_argument("--times", type=int, default=5, help="medians of so many")
    in_a_row = what.add_parser("in_a_row", help="memory and database over many runs one after another")
    in_a_row.add_argument("--runs", type=int, default=1000)
    history = what.add_parser("history", help="starts and pages with a long history against a short one")
    history.add_argument("--runs", type=int, default=10_000)
    history.add_argument("--folder", type=Path, help="where the two histories are kept for another time")
    killed = what.add_parser("killed", help="a run killed at 70 per cent and begun again")
    killed.add_argument("--times", type=int, default=5)
    profile = what.add_parser("profile", help="where one run's own CPU seconds go")
    profile.add_argument("--times", type=int, default=5)
    profile.add_argument("--runs", type=int, default=1, help="at a time")
    given = top.parse_args()
    match given.what:
        case "at_once":
            from benchmarks.speed.at_once import report

            report(given.counts, times=given.times, processes=given.workers, model=not given.extractive)
        case "faulty":
            from benchmarks.speed.faulty import report as report_faults

            report_faults(given.runs, times=given.times)
        case "in_a_row":
            from benchmarks.speed.in_a_row import report as report_row

            report_row(given.runs)
        case "history":
            from benchmarks.speed.history import report as report_history

            report_history(given.runs, folder=given.folder)
        case "killed":
            from benchmarks.speed.killed import report as report_killed

            report_killed(times=given.times)
        case "profile":
            from benchmarks.speed.profile import report as report_profile

            report_profile(times=given.times, topics=given.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
