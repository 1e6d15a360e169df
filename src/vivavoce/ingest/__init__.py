"""Receiving a source as bytes, with its address and time; nothing is understood of it here."""

from vivavoce.ingest.fetch import fetch_capture
from vivavoce.ingest.limits import FetchLimits

__all__ = ["FetchLimits", "fetch_capture"]
