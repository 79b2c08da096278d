"""A worker that stands ready: what a person waits for is the run, not its libraries."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from core.settings import ROOT
from tests.agents.small_house import samples

__all__ = ["samples"]

FIRST_RUN = """
import json, sys
from core.models import Brief
from core.studio import Studio
from core.warming import warm
from core.wiring import open_process
from core.worker import Worker

process = open_process()
worker = Worker(process)
warm(process)
before = {name.partition(".")[0] for name in sys.modules}
run_id = Studio().start(Brief(topic="Are heat pumps worth it in old houses?", autopilot=True, engines=("library",)))
worker.restrict((run_id,))
worker.work()
loaded = sorted({name.partition(".")[0] for name in sys.modules} - before)
print(json.dumps([process.store.runs.get(run_id).status, loaded, "openai" in before]))
"""


def test_a_first_run_finds_every_library_loaded(samples: Path, tmp_path: Path):
    shutil.copy(samples, tmp_path / "galley.db")
    own = {key: value for key, value in os.environ.items() if not key.startswith(("OPENAI", "GALLEY"))}
    done = subprocess.run(
        [sys.executable, "-c", FIRST_RUN], cwd=ROOT, env={**own, "GALLEY_DATA": str(tmp_path)},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    status, loaded, with_model = json.loads(done.stdout.splitlines()[-1])
    assert status == "finished"
    assert set(loaded) <= sys.stdlib_module_names
    assert not with_model, "who has no model does not wait for one's client"


def test_a_worker_multiplies_in_the_thread_that_asks_and_leaves_the_other_cores_alone():
    code = "import core.worker, numpy, os; m = numpy.ones((600, 600)); m @ m; print(len(os.listdir('/proc/self/task')))"
    own = {key: value for key, value in os.environ.items() if key != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=own, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "1\n"
