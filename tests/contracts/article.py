"""One small article with everything in it that a place could mangle."""

from core.models import (
    Article,
    ArticleSection,
    ArticleSentence,
    Label,
    Quote,
    Reference,
    Scorecard,
    SentenceKind,
    Update,
)

OPENING = "The median factor was 2.9, in homes built before 1945 & after."
COSTS = "A median home used 4,300 kWh – “about half” of what oil heating took."
QUOTE = "The trial monitored 164 homes built before 1945. The median factor was 2.9."
SCRIPT = "<script>document.title='taken over'</script>"
SOURCE_TITLE = f"What 164 old houses {SCRIPT} tell us"


def _claim(text: str, *quotes: int) -> ArticleSentence:
    return ArticleSentence(text=text, kind=SentenceKind.CLAIM, quotes=quotes, label=Label.SUPPORTED)


def an_article() -> Article:
    """Footnotes used twice, a stranger's script in a source's title, characters that want escaping."""
    return Article(
        key="run-1",
        title="Do heat pumps keep old houses warm? Facts & figures",
        slug="do-heat-pumps-keep-old-houses-warm",
        dek="What a trial of 164 homes found.",
        sections=(
            ArticleSection(heading="", paragraphs=((_claim(OPENING, 1),),)),
            ArticleSection(
                heading="What it costs",
                paragraphs=((_claim(COSTS, 2, 1), _claim("Half of them used less than 4,000.", 2)),),
            ),
        ),
        quotes=(
            Quote(number=1, text=QUOTE, reference=1),
            Quote(number=2, text="A median home used 4,300 kilowatt-hours </script> a year.", reference=2, page=12),
        ),
        references=(
            Reference(
                number=1,
                title=SOURCE_TITLE,
                url="https://fieldnotes.example/trial?a=1&b=2",
                author="Miriam Askew",
                site="Field Notes",
                published="2024-12-05",
                fetched_at="2026-11-20T10:00:00+00:00",
                text_hash="1a" * 32,
            ),
            Reference(
                number=2,
                title="Running costs",
                url=None,
                author=None,
                site=None,
                published=None,
                fetched_at="2026-11-20T10:00:00+00:00",
                text_hash="2b" * 32,
            ),
        ),
        limitations=("No source gives a price for 2026.",),
        method="Composed from the sources' own sentences; no language model was used.",
        tags=("heat pumps", "old houses"),
        scorecard=Scorecard(faithfulness=1.0, citation_accuracy=0.999, claims=3, supported=3),
        verified_at="2025-11-22T09:00:00+00:00",
        published_at="2025-11-22T10:00:00+00:00",
        modified_at="2025-11-22T10:00:00+00:00",
        updates=(Update(at="2025-11-22T10:00:00+00:00", text="First published."),),
        approved_by="Ada",
    )
