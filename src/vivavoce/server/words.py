"""Kinds of text that may come in, each with its bounds: no NUL, no lone surrogate, no endless string."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import StringConstraints

_CLEAN = r"^[^\x00]*$"

Id = Annotated[str, Path(pattern=r"^[0-9a-f]{20}$")]
"""An id of ours; nothing else comes so far as to be looked up."""
VersionNumber = Annotated[int, Path(ge=1, le=1_000_000)]
FileName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
"""A name of an edition's file; it is looked up among those, never opened."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=_CLEAN)]
SourceId = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=_CLEAN)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=_CLEAN)]
Address = Annotated[str, StringConstraints(min_length=8, max_length=2000, pattern=r"^https?://[^\x00\s]+$")]
Note = Annotated[str, StringConstraints(max_length=2000, pattern=_CLEAN)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=5_000_000, pattern=_CLEAN)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Words = Annotated[str, Query(max_length=200, pattern=_CLEAN)]
Limit = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
