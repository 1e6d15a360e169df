"""What is said in the booth while it is heard, as an answer."""

from itertools import chain

from fastapi.responses import StreamingResponse

from vivavoce.audio import Samples
from vivavoce.jobs.booth import Booth
from vivavoce.live import LIVE_HEADER, SayPhrase, as_wav, plan_place, say_planned
from vivavoce.pipeline import Phrase
from vivavoce.settings import Places
from vivavoce.studio import NarrateRequest
from vivavoce.types import Article, TextQuote


def answer_heard(
    booth: Booth, article: Article, place: TextQuote, asked: NarrateRequest, places: Places
) -> StreamingResponse:
    """Answer with a place's sentence, each phrase of it sent as soon as it is said.

    What can't be said at all is refused before the answer begins. A listener who goes away is told no further phrase.

    Raises:
        TooBusy: Too many are waiting.
        UsageError: The text has no such place, or nothing of it is to be said.
    """
    plan = booth.run(plan_place, article, place, asked, places)
    pieces = as_wav(plan, asked, say_in(booth, asked, places))
    return StreamingResponse(chain([next(pieces)], pieces), media_type="audio/wav", headers=dict([LIVE_HEADER]))


def say_in(booth: Booth, asked: NarrateRequest, places: Places) -> SayPhrase:
    """Give what says a phrase in the booth, after its plan was made there."""

    def say(phrase: Phrase, gain_db: float | None) -> tuple[Samples, float]:
        return booth.go_on(say_planned, asked, places, phrase, gain_db)

    return say
