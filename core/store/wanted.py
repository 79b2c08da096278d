"""The sources that a brief asks for, as a condition in SQL: what `Brief.outside` says of one, for the whole library."""

from core.models import KINDS, Brief


def condition(brief: Brief | None) -> tuple[str, tuple[object, ...]]:
    """SQL, from ` AND` on, about `sources s`, and its values; empty when any source is asked for, as by no brief."""
    if brief is None:
        return "", ()
    parts: list[str] = []
    values: list[object] = []
    if brief.collections:
        parts.append(f"s.collection IN ({_marks(brief.collections)})")
        values += brief.collections
    if brief.dated_only:
        parts.append("coalesce(s.published, '') != ''")
    for day, compared in ((brief.published_from, "<="), (brief.published_to, ">=")):
        if day:
            parts.append(
                "(coalesce(s.published, '') = ''"
                f" OR substr(?, 1, length(s.published)) {compared} substr(s.published, 1, 10))"
            )
            values.append(day)
    if brief.kinds:
        parts.append(f"s.media_type IN ({_marks(brief.kinds)})")
        values += [KINDS[kind] for kind in brief.kinds]
    if brief.languages:
        parts.append(
            "coalesce((SELECT nullif(n.language, '') FROM snapshots n WHERE n.id = s.snapshot_id), ?)"
            f" IN ({_marks(brief.languages)})"
        )
        values += [brief.languages[0], *brief.languages]
    return "".join(f" AND {part}" for part in parts), tuple(values)


def _marks(values: tuple[str, ...]) -> str:
    return ",".join("?" * len(values))
