"""What is said in the booth while it is heard, as an answer."""

from itertools import chain

from fastapi.responses import StreamingResponse

from vivavoce.audio import Samples
from vivavoce.jobs.booth import Booth
from vivavoce.live import LIVE_HEADER, Plan, SayPhrase, as_wav, say_planned
from vivavoce.pipeline import Phrase
from vivavoce.settings import Places
from vivavoce.studio import NarrateRequest


def answer_heard(booth: Booth, plan: Plan, asked: NarrateRequest, places: Places) -> StreamingResponse:
    """Answer with what was planned in the booth, each phrase of it sent as soon as it is said.

    What can't be said at all is refused before the answer begins. A listener who goes away is told no further phrase.

    Raises:
        TooBusy: Too many are waiting.
    """
    pieces = as_wav(plan, asked, say_in(booth, asked, places))
    return StreamingResponse(chain([next(pieces)], pieces), media_type="audio/wav", headers=dict([LIVE_HEADER]))


def say_in(booth: Booth, asked: NarrateRequest, places: Places) -> SayPhrase:
    """Give what says a phrase in the booth, after its plan was made there."""

    def say(phrase: Phrase, gain_db: float | None) -> tuple[Samples, float]:
        return booth.go_on(say_planned, asked, places, phrase, gain_db)

    return say
