"""A sentence said in the booth, as an answer."""

import shutil

from fastapi import Response

from vivavoce.jobs.booth import Booth, preview
from vivavoce.settings import Places
from vivavoce.studio import NarrateRequest
from vivavoce.types import Article, TextQuote


def answer_heard(booth: Booth, article: Article, place: TextQuote, asked: NarrateRequest, places: Places) -> Response:
    """Answer with a place's sentence, said now; nothing of it is kept."""
    file = booth.run(preview, article, place, asked, places)
    try:
        return Response(file.read_bytes(), media_type="audio/mpeg", headers={"Cache-Control": "no-store"})
    finally:
        shutil.rmtree(file.parent, ignore_errors=True)
