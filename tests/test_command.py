"""The command line: what it prints, how it exits, and what it says when something is wrong."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.__main__ import main
from core.settings import ROOT
from tests.agents.small_house import VARIABLES, House, house, new_house, samples
from tests.scripted.model_server import ScriptedModel

__all__ = ["house", "new_house", "samples"]

KEY = "sk-secret-of-the-test-0123456789"
SAID = {
    "run", "status", "scores", "seconds", "model_calls", "tokens_in", "tokens_out", "cost_usd", "pages_read",
    "publication", "article", "error",
}  # fmt: skip
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """`command(*arguments)`: exit code, what it printed, what it complained about."""
    monkeypatch.setenv("GALLEY_DATA", str(house.data))
    monkeypatch.setenv("PHOENIX_COLLECTOR_ENDPOINT", "http://127.0.0.1:9")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def last_object(out: str) -> dict[str, object]:
    return json.loads(out.strip().splitlines()[-1])


def test_run_goes_from_topic_to_site_and_tells_everything(command: Command, house: House):
    code, out, _ = command("run", "Do street trees cool a hot city?", "--autopilot", "--target", "site", "--json")
    said = last_object(out)
    assert code == 0
    assert said.keys() >= SAID
    assert said["status"] == "published"
    assert said["scores"]["faithfulness"] == 1.0
    assert said["publication"]["status"] == "live"
    assert said["pages_read"] > 3
    assert said["error"] is None
    assert Path(said["article"]).read_text().startswith(("# ", "---"))
    assert len(house.site()) == 1

    code, out, _ = command("show", str(said["run"]))
    assert code == 0
    assert "supported" in out
    code, out, _ = command("verify", str(said["run"]))
    assert code == 0
    assert "claims hold" in out
    code, out, _ = command("runs", "--json")
    assert json.loads(out.splitlines()[0])["run"] == said["run"]


def test_sources_are_asked_for_by_date_kind_language_and_site(command: Command, house: House):
    asked = ["--from", "2020", "--to", "2026-03", "--dated-only", "--kind", "web", "--source-language", "en"]
    code, out, _ = command("run", "Do street trees cool a hot city?", *asked, "--deny", "a.example", "--json")
    assert code == 0
    brief = house.run(str(last_object(out)["run"])).brief
    assert (brief.published_from, brief.published_to, brief.dated_only) == ("2020-01-01", "2026-03-31", True)
    assert (brief.kinds, brief.languages, brief.deny) == (("web",), ("en",), ("a.example",))


def test_run_without_evidence_exits_with_2_and_says_what_to_do(command: Command):
    code, out, err = command("run", "quantum chromodynamics lattice methods", "--autopilot")
    assert code == 2
    assert "no evidence" in out
    assert "Add documents" in err


def test_several_topics_are_worked_on_at_once_and_summed_up(command: Command):
    topics = ("Do street trees cool a hot city?", "quantum chromodynamics lattice methods")
    code, out, _ = command("run", *topics, "--autopilot", "--json")
    each, summary = [json.loads(line) for line in out.strip().splitlines()[-3:-1]], last_object(out)
    assert code == 2
    assert [said["status"] for said in each] == ["finished", "no_evidence"]
    assert summary["status"] == "no_evidence"
    assert [said["run"] for said in summary["runs"]] == [said["run"] for said in each]


def test_a_run_left_at_the_plan_is_published_later(command: Command, house: House):
    code, out, _ = command("run", "Are heat pumps worth it in old houses?", "--json")
    run_id = str(last_object(out)["run"])
    assert (code, last_object(out)["status"]) == (0, "plan")
    code, _, err = command("publish", run_id)
    assert code == 1
    assert "does not wait for this" in err
    house.decide(run_id, "approve_plan")
    code, out, _ = command("publish", run_id, "--json")
    assert code == 0
    assert last_object(out)["publication"]["status"] == "live"


def test_a_folder_given_on_the_way_is_read(command: Command, tmp_path: Path):
    folder = tmp_path / "bees"
    folder.mkdir()
    text = " ".join(f"The waggle dance of honey bees points to flowers {i} kilometres away." for i in range(1, 9))
    (folder / "bees.md").write_text(f"# Why honey bees dance\n\n{text}\n")
    code, out, _ = command("run", "Why do honey bees dance?", "--autopilot", "--library", str(folder), "--json")
    assert last_object(out)["pages_read"] == 1
    assert code in (0, 2)


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        (["run", "   "], "no topic", "Say in a sentence"),
        (["run", "x" * 10_000], "10,000 characters", "in a sentence or two"),
        (["run", "tides", "--engine", "altavista"], "no search engine altavista", "library"),
        (["run", "tides", "--target", "geocities"], "no target 'geocities'", "site"),
        (["run", "tides", "--model", "gpt-none"], "gpt-none", "OPENAI_API_KEY"),
        (["run", "tides", "--library", "/nowhere/at/all"], "/nowhere/at/all", "Check the path"),
        (["run", "tides", "--words", "3"], "3 words", "100 to 10,000"),
        (["run", "tides", "--from", "2025", "--to", "2024"], "2025-01-01 to 2024-12-31", "Swap the two dates"),
        (["run", "tides", "--kind", "scroll"], "scroll", "web, pdf"),
        (["show", "r00000000"], "no run 'r00000000'", "python -m core runs"),
        (["verify", "r00000000"], "r00000000", "python -m core runs"),
        (["resume", "r00000000"], "no run 'r00000000'", "python -m core runs"),
        (["add", "/nowhere/at/all"], "/nowhere/at/all", "Check the path"),
        (["add", "http://127.0.0.1:9/page"], "127.0.0.1", ""),
    ],
)
def test_what_is_wrong_is_said_with_a_remedy(command: Command, arguments: list[str], message: str, remedy: str):
    code, _, err = command(*arguments)
    assert code == 1
    assert message in err
    assert remedy in err
    assert len(err.strip().splitlines()) == 2, "a message and a remedy, no traceback"


def test_what_could_not_be_added_is_not_tried_for_ever(command: Command, house: House):
    assert command("add", "http://127.0.0.1:9/page")[0] == 1
    assert house.studio.ingests()[0].status == "failed"


def test_a_topic_in_another_language_ends_in_words(command: Command):
    code, out, err = command("run", "Wie schlafen Menschen nach der Nachtschicht besser?", "--autopilot", "--json")
    said = last_object(out)
    assert code in (0, 2)
    if code == 2:
        assert said["error"]["remedy"]
        assert said["error"]["message"] in err or said["error"]


def test_a_model_that_refuses_the_key_ends_with_1_and_the_key_stands_nowhere(
    command: Command, house: House, monkeypatch: pytest.MonkeyPatch
):
    with ScriptedModel(require_key="another") as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_MODEL", "scripted-large")
        code, out, err = command("run", "Do street trees cool a hot city?", "--json")
        assert code == 1
        assert "API key" in last_object(out)["error"]["message"]
        server.require_key = KEY
        code, out, _ = command("run", "Do street trees cool a hot city?", "--json")
        assert (code, last_object(out)["status"]) == (0, "plan")
        assert last_object(out)["model_calls"] > 0
        code, out, _ = command("run", "Do street trees cool a hot city?", "--model", "extractive", "--json")
        assert last_object(out)["model_calls"] == 0
    assert KEY not in out + err
    for file in house.data.rglob("*"):
        if file.is_file():
            assert KEY.encode() not in file.read_bytes(), file.name


def alone(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment | variables, capture_output=True, text=True, timeout=60
    )


def test_help_comes_at_once():
    heavy = "{'langgraph', 'numpy', 'openai', 'sqlite_utils', 'trafilatura', 'streamlit', 'opentelemetry', 'pydantic'}"
    said = alone(
        "-c",
        "import sys\nfrom core.__main__ import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print('HEAVY', sorted({heavy} & set(sys.modules)))",
    )
    assert "COMMAND" in said.stdout
    assert said.stdout.splitlines()[-1] == "HEAVY []"


def test_no_command_and_an_unknown_one_show_the_usage():
    for arguments in ([], ["fly"]):
        said = alone("-m", "core", *arguments)
        assert said.returncode == 2
        assert "usage:" in said.stderr


def test_a_database_that_is_none_is_told_in_two_lines(tmp_path: Path):
    (tmp_path / "galley.db").write_text("This is a letter, not a database. " * 50)
    said = alone("-m", "core", "runs", GALLEY_DATA=str(tmp_path))
    assert said.returncode == 1
    assert "not a Galley database" in said.stderr
    assert "Traceback" not in said.stderr


def test_doctor_says_what_is_missing(command: Command):
    code, out, _ = command("doctor")
    assert code == 0
    assert "Database" in out
    assert "look  Worker" in out
