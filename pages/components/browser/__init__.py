"""What the browser components share, and how their files are read.

A component's script is one string that Streamlit sends with each rerun, so the files stay
small and are joined here once, at import.
"""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def script(folder: Path, name: str) -> str:
    """A component's JavaScript with the shared builder of elements in front."""
    return (_HERE / "elements.js").read_text("utf-8") + "\n" + (folder / name).read_text("utf-8")


def style(folder: Path, name: str) -> str:
    """A component's CSS with the shared looks of verdicts in front."""
    return (_HERE / "verdicts.css").read_text("utf-8") + "\n" + (folder / name).read_text("utf-8")
