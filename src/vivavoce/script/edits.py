"""Editors' changes, applied to a Script to give a new Script."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from vivavoce.errors import UsageError
from vivavoce.lexicon import Entry, Lexicon, check_entry
from vivavoce.types import Edit, EditAction, Script, Span, TextQuote, Utterance, Word

CONTEXT_CHARACTERS = 32
"""How much of the text on each side tells one place from another with the same words."""
LONGEST_PAUSE_MS = 10_000
REASON = "editor"

SpeakAlias = Callable[[str], Sequence[Word]]
"""Reads a few words that an editor wrote as the rest of the article is read."""


def apply_edits(script: Script, text: str, edits: Sequence[Edit], *, speak_alias: SpeakAlias) -> Script:
    """Apply an editor's changes in their order; those that find no place in the text change nothing.

    What is to be said everywhere has been said already, by way of `lexicon_of`.

    Args:
        script: As written for `text`.
        text: The article's text.
        edits: Of this text or of an earlier version of it.
        speak_alias: Reads an alias.
    """
    for edit in edits:
        place = find_quote(text, edit.place)
        if place is None:
            continue
        if edit.action is EditAction.SAY_HERE:
            script = _say_here(script, text, place, edit, speak_alias)
        elif edit.action is EditAction.PAUSE:
            script = _change_pause(script, place, edit)
        elif edit.action is EditAction.LEAVE_OUT:
            script = _leave_out(script, text, place)
    return script


def find_lost(text: str, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Give the changes whose place the text no longer has."""
    return tuple(edit for edit in edits if find_quote(text, edit.place) is None)


def lexicon_of(edits: Sequence[Edit]) -> Lexicon:
    """Give what an editor wants said everywhere in the article as a lexicon, to be asked before the house's own."""
    lexicon = Lexicon()
    for edit in edits:
        if edit.action is EditAction.SAY_EVERYWHERE:
            lexicon = lexicon.add(Entry(edit.place.exact, phonemes=edit.phonemes, alias=edit.alias))
    return lexicon


# ---------------------------------------------------------------- places


def quote_place(text: str, start: int, end: int) -> TextQuote:
    """Describe a stretch of text so that it is found again: "Kyiv" with what stands before and after it."""
    return TextQuote(
        text[start:end], text[max(0, start - CONTEXT_CHARACTERS) : start], text[end : end + CONTEXT_CHARACTERS]
    )


def choose_place(script: Script, text: str, where: str, *, within: str | None = None) -> TextQuote:
    """Find what an editor points at: a sentence by its id ("u12"), or words quoted from the article.

    Args:
        script: What is said of the text.
        text: The article's text.
        where: An utterance's id, or words.
        within: The id of the utterance in which to look for the words.

    Raises:
        UsageError: There is no such sentence, it says nothing of the article, or the words stand nowhere.
    """
    if _is_id(where, script):
        start, end = _place_of(script, where)
        return quote_place(text, start, start + len(text[start:end].rstrip()))
    start, end = _place_of(script, within) if within else (0, len(text))
    found = [at for at in _occurrences(text, where) if start <= at and at + len(where) <= end]
    if not found:
        raise UsageError(f"{where!r} does not stand in {within or 'the article'}; quote it as it is printed there")
    return quote_place(text, found[0], found[0] + len(where))


def _is_id(where: str, script: Script) -> bool:
    return any(utterance.id == where for utterance in script.utterances)


def _place_of(script: Script, utterance: str) -> tuple[int, int]:
    spans = [span for span in script.spans if span.utterance == utterance]
    if not spans:
        raise UsageError(f"{utterance!r} is no sentence of the article; edition.json and proof.html show their ids")
    return spans[0].start, spans[-1].end


def check_edit(edit: Edit) -> Edit:
    """Check what an editor typed; IPA is rewritten in the voice's symbols.

    Raises:
        UsageError: A symbol that the voice does not have, nothing to say, or an impossible pause.
    """
    if edit.action is EditAction.PAUSE and not 0 <= (edit.pause_ms or 0) <= LONGEST_PAUSE_MS:
        raise UsageError(f"want a pause of 0 to {LONGEST_PAUSE_MS} ms, got {edit.pause_ms}")
    if edit.action not in {EditAction.SAY_HERE, EditAction.SAY_EVERYWHERE}:
        return edit
    entry = check_entry(Entry(edit.place.exact, phonemes=edit.phonemes, alias=edit.alias))
    return replace(edit, phonemes=entry.phonemes, alias=entry.alias)


def find_quote(text: str, quote: TextQuote) -> tuple[int, int] | None:
    """Find a quoted place, [start, end): of several, the one whose surroundings are most like the quote's."""
    starts = list(_occurrences(text, quote.exact))
    if not starts:
        return None
    size = len(quote.exact)
    start = max(starts, key=lambda at: _likeness(text[:at], text[at + size :], quote))
    return start, start + size


def _occurrences(text: str, exact: str) -> Iterator[int]:
    at = text.find(exact) if exact else -1
    while at >= 0:
        yield at
        at = text.find(exact, at + 1)


def _likeness(before: str, after: str, quote: TextQuote) -> int:
    return _shared(reversed(before[-CONTEXT_CHARACTERS:]), reversed(quote.prefix)) + _shared(
        iter(after[:CONTEXT_CHARACTERS]), iter(quote.suffix)
    )


def _shared(one: Iterator[str], other: Iterator[str]) -> int:
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


# ---------------------------------------------------------------- what changes


def _say_here(script: Script, text: str, place: tuple[int, int], edit: Edit, speak_alias: SpeakAlias) -> Script:
    return replace(
        script,
        utterances=tuple(_say_in(utterance, text, place, edit, speak_alias) for utterance in script.utterances),
    )


def _say_in(utterance: Utterance, text: str, place: tuple[int, int], edit: Edit, speak_alias: SpeakAlias) -> Utterance:
    """Replace the words that the place touches by one that says all of them."""
    touched = [at for at, word in enumerate(utterance.words) if _touches(word, place)]
    if not touched:
        return utterance
    first, last = utterance.words[touched[0]], utterance.words[touched[-1]]
    said = speak_alias(edit.alias) if edit.alias else utterance.words[touched[0] : touched[-1] + 1]
    start, end = first.start, last.end
    word = replace(
        last,
        text=text[start:end],
        spoken=" ".join(word.spoken for word in said),
        phonemes=edit.phonemes or " ".join(word.phonemes for word in said),
        start=start,
        rule=REASON,
        source=REASON,
        confidence=1.0,
    )
    return replace(utterance, words=(*utterance.words[: touched[0]], word, *utterance.words[touched[-1] + 1 :]))


def _change_pause(script: Script, place: tuple[int, int], edit: Edit) -> Script:
    named = next((span.utterance for span in script.spans if span.start < place[1] <= span.end), None)
    return replace(
        script,
        utterances=tuple(
            replace(utterance, pause_after_ms=edit.pause_ms)
            if utterance.id == named and edit.pause_ms is not None
            else utterance
            for utterance in script.utterances
        ),
    )


def _leave_out(script: Script, text: str, place: tuple[int, int]) -> Script:
    """Say no word that the place touches, and say in the spans that the editor left it out."""
    touched = [word for utterance in script.utterances for word in utterance.words if _touches(word, place)]
    start = min([place[0], *(word.start for word in touched if word.start is not None)])
    end = max([place[1], *(word.end for word in touched if word.end is not None)])
    spans = tuple(_cut_spans(script.spans, start, end))
    kept = [_without(utterance, (start, end), spans, text) for utterance in script.utterances]
    return _renumber(replace(script, spans=spans, utterances=tuple(utterance for utterance in kept if utterance)))


def _cut_spans(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    """Give [start, end) to the editor, and join what lies side by side for one reason."""
    left_out = Span(start, end, None, REASON)
    for span in spans:
        if span.start < start:
            yield replace(span, end=min(span.end, start))
        if span.start <= start < span.end:
            yield left_out
        if span.end > end:
            yield replace(span, start=max(span.start, end))


def _without(utterance: Utterance, place: tuple[int, int], spans: Sequence[Span], text: str) -> Utterance | None:
    """Take words out of an utterance; the phrasing at its end stays. None where nothing is left."""
    words = [word for word in utterance.words if not _touches(word, place)]
    if len(words) == len(utterance.words):
        return utterance
    if not words:
        return None
    words[-1] = replace(words[-1], mark=utterance.words[-1].mark)
    printed = "".join(text[span.start : span.end] for span in spans if span.utterance == utterance.id)
    return replace(utterance, words=tuple(words), display=" ".join(printed.split()))


def _renumber(script: Script) -> Script:
    """Name the utterances by their order again; a stretch whose utterance is gone was left out with it."""
    names = {utterance.id: f"u{number}" for number, utterance in enumerate(script.utterances, start=1)}
    spans: list[Span] = []
    for span in script.spans:
        named = replace(span, utterance=names[span.utterance]) if span.utterance in names else _left_out(span)
        if spans and (spans[-1].utterance, spans[-1].omitted) == (named.utterance, named.omitted):
            spans[-1] = replace(spans[-1], end=named.end)
        else:
            spans.append(named)
    utterances = tuple(replace(utterance, id=names[utterance.id]) for utterance in script.utterances)
    return replace(script, utterances=utterances, spans=tuple(spans))


def _left_out(span: Span) -> Span:
    return replace(span, utterance=None, omitted=span.omitted or REASON)


def _touches(word: Word, place: tuple[int, int]) -> bool:
    return word.start is not None and word.end is not None and word.start < place[1] and place[0] < word.end
