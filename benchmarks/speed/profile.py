"""Where one run's own seconds go: the costliest functions of ours, with all that they call in libraries.

py-spy looks 250 times a second which thread holds the interpreter, from outside, so that the run is not slowed
down: what libraries do without the interpreter is not in it. A sample belongs to the innermost function of ours on
its stack. Imports are told apart. A topic runs from nothing in a process of its own, against the scripted model and
the slow web of `at_once`.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.pages_server import SlowWeb
from benchmarks.speed.topics import SUBJECTS, command, environment, load
from core.settings import ROOT
from tests.scripted.model_server import ScriptedModel

RATE = 250
MOST = 10
IMPORTS = "imports"
_FRAME = re.compile(r"(\S+) \(([^:)]+)(?::\d+)?\)$")


def report(*, times: int, topics: int) -> None:
    """Print the table."""
    own: Counter[str] = Counter()
    below: dict[str, Counter[str]] = {}
    for number in range(times):
        for stack, samples in _sampled(SUBJECTS[number : number + topics]).items():
            whose, inner = _attributed(stack.split(";"))
            own[whose] += samples
            below.setdefault(whose, Counter())[inner] += samples
    runs = times * topics
    seconds = {whose: samples / RATE / runs for whose, samples in own.items()}
    whole = sum(seconds.values())
    print(f"{runs} runs, {topics} at a time; {whole:.2f} s of the interpreter a run; {load()} before.\n")
    print("| where | s a run | share | mostly in |\n|---|---|---|---|")
    imports = seconds.pop(IMPORTS, 0.0)
    print(f"| imports and start-up | {imports:.2f} | {imports / whole:.0%} | |")
    for whose, took in sorted(seconds.items(), key=lambda item: -item[1])[:MOST]:
        inner = ", ".join(f"{name} {n / own[whose]:.0%}" for name, n in below[whose].most_common(3))
        print(f"| {whose} | {took:.3f} | {took / whole:.0%} | {inner} |")


def _sampled(topics: tuple[str, ...]) -> dict[str, int]:
    """Stacks, outermost frame first, with how often each was seen."""
    spy = shutil.which("py-spy", path=str(Path(sys.executable).parent))
    if spy is None:
        raise SystemExit("py-spy is not installed: make test installs it, with requirements-tests.txt.")
    with (
        tempfile.TemporaryDirectory() as folder,
        SlowWeb() as web,
        ScriptedModel(first_token_s=0.3, tokens_per_s=80) as server,
        (Path(folder) / "log").open("wb") as log,
    ):
        out = Path(folder) / "stacks"
        process = subprocess.Popen(
            [spy, "record", "--format", "raw", "--rate", str(RATE), "--function", "--full-filenames", "--gil",
             "--output", str(out), "--", *command(topics, model=True)],
            cwd=ROOT, env=environment(Path(folder), server.base_url, web.base_url), stdin=subprocess.DEVNULL,
            stdout=log, stderr=log,
        )  # fmt: skip
        process.wait()
        if not out.exists():
            raise SystemExit((Path(folder) / "log").read_text())
        lines = out.read_text().splitlines()
    return dict(_counted(line) for line in lines if ";" in line)


def _counted(line: str) -> tuple[str, int]:
    stack, _, samples = line.rpartition(" ")
    return stack, int(samples)


def _attributed(stack: list[str]) -> tuple[str, str]:
    """`(innermost function of ours, innermost function at all)` of a stack."""
    if any("importlib" in frame or "<module>" in frame and "__main__" not in frame for frame in stack):
        return IMPORTS, ""
    named = [match.groups() for frame in stack if (match := _FRAME.search(frame.strip()))]
    ours = [f"{Path(path).relative_to(ROOT)}: {name}" for name, path in named if path.startswith(str(ROOT / "core"))]
    inner = f"{Path(named[-1][1]).stem}.{named[-1][0]}" if named else "?"
    return (ours[-1] if ours else "libraries, by themselves"), inner
