"""What a person sees before they overwrite: no word lost, none invented."""

from hypothesis import given
from hypothesis import strategies as st

from core.publishing.difference import difference, in_terminal, words
from core.publishing.seal import BLANK, broken, sealed

TEXT = st.lists(st.lists(st.sampled_from(["a", "b", "c.", "12", "21"]), max_size=5).map(" ".join), max_size=6).map(
    "\n".join
)


def joined(changes, *kinds):
    paragraphs = ("".join(p.text for p in change.pieces if p.kind in kinds) for change in changes)
    return [" ".join(text.split()) for text in paragraphs if text.split()]


@given(TEXT, TEXT)
def test_both_texts_can_be_read_back_from_their_difference(standing, sent):
    changes = difference(standing, sent)
    assert joined(changes, "same", "added") == [line for line in sent.split("\n") if line]
    assert joined(changes, "same", "removed") == [line for line in standing.split("\n") if line]


def test_one_corrected_figure_is_one_changed_word():
    changes = difference("Same.\nIt rose to 21 % in 2024.", "Same.\nIt rose to 12 % in 2024.\nNew.")
    assert [c.kind for c in changes] == ["same", "changed", "added"]
    assert in_terminal(changes) == "~ It rose to [-21-]{+12+} % in 2024.\n+ New."


def test_nothing_there_is_all_new():
    assert [c.kind for c in difference(None, "One.\n\nTwo.")] == ["added", "added"]


def test_words_of_a_page_are_its_articles_without_machinery():
    page = (
        "<header>Site</header><article><h1>A\n title</h1><script>x()</script><p>One<b>!</b><sup><a href='#1'>1</a> "
        "<a>2</a></sup> Two<br>Three</p><ol><li>Note <a role='doc-backlink'>↩</a></li></ol></article>"
    )
    assert words(page).splitlines() == ["A title", "One![1] [2] Two", "Three", "Note"]
    assert words("") == ""


@given(st.text(max_size=80), st.text(max_size=80), st.integers(0, 79), st.characters())
def test_a_seal_holds_until_anybody_touches_the_text(before, after, at, letter):
    text = sealed(f'{before}\n<meta name="galley-seal" content="{BLANK}">\n{after}'.encode(errors="replace").decode())
    assert not broken(text)
    touched = (text[:at] + letter + text[at + 1 :]).encode(errors="replace").decode()
    if touched != text and "galley-seal" in touched:
        assert broken(touched)
