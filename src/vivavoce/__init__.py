"""vivavoce: published news articles into audio editions that a newsroom can stand behind."""

from importlib.metadata import version

__version__ = version("vivavoce")
