"""The desk: server-rendered pages with a little script. What they decide is decided in `newsroom`."""

from vivavoce.server.pages import doors, listing, office, story, visit

__all__ = ["doors", "listing", "office", "story", "visit"]
