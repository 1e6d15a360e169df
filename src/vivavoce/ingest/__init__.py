"""Receiving a source as bytes, with its address and time; nothing is understood of it here."""

from vivavoce.ingest.fetch import fetch_capture, fetch_newer, fetch_picture, fetch_sound
from vivavoce.ingest.limits import FetchLimits, Known

__all__ = ["FetchLimits", "Known", "fetch_capture", "fetch_newer", "fetch_picture", "fetch_sound"]
