"""Opens every page and starts a run on one data folder, and prints the CPU milliseconds of each as JSON.

GALLEY_DATA=FOLDER python -m benchmarks.speed.visit
"""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from streamlit.testing.v1 import AppTest

from core.models import Brief, Status
from core.settings import ROOT
from core.studio import Studio
from core.wiring import open_process
from core.worker import Worker

LOOKS = 5
SETTLED_S, IDLE_S = 5.0, 10.0
RUN = {"run": "?"}
PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "Studio": ("studio", {}), "Runs": ("runs", {}), "Library": ("library", {}), "Quality": ("quality", {}),
    "Costs": ("costs", {}), "Settings": ("settings", {}), "a run": ("studio", RUN), "Costs of a run": ("costs", RUN),
    "Inspect a run": ("inspect", RUN),
}  # fmt: skip


def main() -> None:
    studio = Studio()
    newest = next(run for run in studio.runs().rows if run.status in (Status.PUBLISHED, Status.FINISHED))
    took = {f"page: {name}": _page(script, asked, newest.id) for name, (script, asked) in PAGES.items()}
    brief = Brief(topic="Are heat pumps worth it in old houses?", autopilot=True)
    took["estimate before a start"] = _timed(lambda: studio.estimate(brief))
    begun: list[str] = []
    took["start of a run"] = _timed(lambda: begun.append(studio.start(brief)))
    took["a worker's claim"] = _timed(lambda: studio.store.runs.claim("benchmark"))
    took["a worker's look at nothing to do"] = _timed(lambda: studio.store.runs.claim("benchmark"))
    took["the 100th page of runs"] = _timed(lambda: studio.runs(page=100))
    took["a search among runs"] = _timed(lambda: studio.runs(search="shift"))
    with studio.store.database.write() as connection:
        for run_id in begun:
            connection.execute("DELETE FROM events WHERE run_id = ?", (run_id,))
            connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))
    took["a worker without work, a second of it"] = _idle()
    print(json.dumps(took))


def _page(script: str, asked: dict[str, str], run_id: str) -> float:
    app: Any = AppTest.from_file(str(Path(ROOT) / "pages" / "frame.py"), default_timeout=120)
    app.run()
    for key in asked:
        app.query_params[key] = run_id
    if script != "studio":
        app.switch_page(f"{script}.py")
    took = _timed(app.run)
    if app.exception:
        raise SystemExit(f"{script}: {app.exception[0].message}")
    return took


def _idle() -> float:
    """CPU milliseconds that each second of waiting takes a worker, once it has looked at everything."""
    worker = Worker(open_process())
    thread = threading.Thread(target=worker.work)
    thread.start()
    time.sleep(SETTLED_S)
    began = time.process_time()
    time.sleep(IDLE_S)
    used = time.process_time() - began
    worker.stop()
    thread.join()
    return 1000 * used / IDLE_S


def _timed(work: Callable[[], object]) -> float:
    """CPU milliseconds of this process: median of `LOOKS`, after one that does not count."""
    times = []
    for _ in range(LOOKS + 1):
        began = time.process_time()
        work()
        times.append(1000 * (time.process_time() - began))
    return median(times[1:])


if __name__ == "__main__":
    main()
