"""Topics that the sample documents speak of, and runs of them in a process of their own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.settings import ROOT
from tests.chaos.product import free_port

SUBJECTS = (
    "Are heat pumps worth it in old houses?", "How can night shift workers sleep better?",
    "Do street trees cool a hot city?", "What does a heat pump cost to install and run?",
    "Do naps and caffeine help on a night shift?", "How do young street trees survive drought?",
    "How noisy are heat pumps?", "Which rosters harm sleep least?", "What do street trees cost a city?",
    "Should old houses be insulated before a heat pump?", "How well do heat pumps work in hard frost?",
    "What does light at night do to sleep?", "Which trees stand heat beside a road?",
    "How long does a heat pump last?", "How much sleep do shift workers lose?", "Do trees lower the cost of cooling?",
    "What grants are there for heat pumps?", "Is daytime sleep as good as sleep at night?",
    "Do roots of street trees damage pavements?", "How large must radiators be for a heat pump?",
)  # fmt: skip


@dataclass(frozen=True)
class Done:
    """A process that has worked on topics until the last one ended."""

    runs: list[dict[str, Any]]
    """As `python -m core run --json` tells of each."""
    wall_s: float
    cpu_s: float
    peak_mb: float
    data: Path


def run_topics(topics: Sequence[str], data: Path, *, model_url: str, web_url: str, model: bool = True) -> Done:
    """Work on so many topics at once, headless, and wait for them."""
    began = time.time()
    with (data / "out").open("wb") as out, (data / "log").open("wb") as log:
        process = subprocess.Popen(
            command(topics, model=model),
            cwd=ROOT,
            env=environment(data, model_url, web_url),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=log,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    said = (data / "out").read_text().splitlines()
    if not said:
        raise SystemExit((data / "log").read_text())
    last = json.loads(said[-1])
    return Done(
        runs=last.get("runs", [last]), wall_s=time.time() - began, cpu_s=used.ru_utime + used.ru_stime,
        peak_mb=used.ru_maxrss / 1024, data=data,
    )  # fmt: skip


def command(topics: Sequence[str], *, model: bool) -> list[str]:
    return [
        sys.executable, "-m", "core", "run", *topics, "--autopilot", "--json", "--words", "1200", "--engine",
        "searxng", "--target", "site", "--model", "scripted-large" if model else "extractive",
    ]  # fmt: skip


def environment(data: Path, model_url: str, web_url: str) -> dict[str, str]:
    """For a process that asks this model and this search engine, and nobody else."""
    own = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}  # compiled once
    return {
        **own, "GALLEY_DATA": str(data), "OPENAI_BASE_URL": model_url, "OPENAI_API_KEY": "scripted",
        "OPENAI_MODEL": "scripted-large", "SEARXNG_URL": web_url, "GALLEY_ALLOW_PRIVATE": "1",
        "PHOENIX_COLLECTOR_ENDPOINT": "http://127.0.0.2:9",  # nobody listens there
        "GALLEY_SITE_PORT": str(free_port()),  # each article is looked at where it was published
    }  # fmt: skip


def load() -> str:
    """How busy the machine is: processes that want to run, over one and five minutes."""
    return "load {:.1f}, {:.1f}".format(*os.getloadavg()[:2])
