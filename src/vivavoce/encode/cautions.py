"""What an editor should know of an edition besides its findings. None of it keeps the edition from going out."""

from collections.abc import Iterator

from vivavoce.types import TEST_ENGINE, EditionRecord

_WARNINGS = {
    "paywall": "the page says that it is paid for: the text may be only the part that is free to read",
    "shorter-than-stated": "the text is much shorter than the page says that its article is",
    "cover-picture": "the article's own picture is not on the cover: {about}",
    "unknown-header": "the header's key {about!r} means nothing here and was left out; README lists the keys",
}
_MOST_NAMES = 8


def find_cautions(record: EditionRecord) -> tuple[str, ...]:
    """List them as sentences without a full stop, those about the whole edition first."""
    return (*_of_voice(record), *_of_article(record), *_of_names(record))


def _of_voice(record: EditionRecord) -> Iterator[str]:
    if record.voice.engine == TEST_ENGINE:
        yield "said by the test voice, which beeps and says no words: nothing for listeners"


def _of_article(record: EditionRecord) -> Iterator[str]:
    for warning in record.article.warnings:
        kind, _, about = warning.partition(":")
        yield _WARNINGS[kind].format(about=about) if kind in _WARNINGS else warning


def _of_names(record: EditionRecord) -> Iterator[str]:
    words = (word for placement in record.placements for word in placement.utterance.words)
    names = tuple(dict.fromkeys(w.text for w in words if w.is_guessed_name and w.text))
    if names:
        listed = ", ".join(names[:_MOST_NAMES]) + (" and others" if len(names) > _MOST_NAMES else "")
        count, them = ("1 name is", "it") if len(names) == 1 else (f"{len(names)} names are", "them")
        yield f"{count} said by guess, which no check can judge; listen to {them}, or teach {them} by lexicon: {listed}"
