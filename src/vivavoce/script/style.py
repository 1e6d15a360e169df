"""How a house wants its scripts written and paced: settings, all with a default that suits news."""

from dataclasses import dataclass
from enum import StrEnum


class Variety(StrEnum):
    """Which English is spoken; it changes dates, numbers, spellings of units and the order of 3/4/2024."""

    AMERICAN = "en-US"
    BRITISH = "en-GB"


class WebAddresses(StrEnum):
    """How much of a web address is said."""

    SAY = "say"
    """Host and, while it is short, path."""
    HOST = "host"
    OMIT = "omit"


@dataclass(frozen=True, slots=True)
class Pauses:
    """Silence after an utterance, by what follows it.

    Source:
        Findings on pacing: 350 to 450 ms between sentences, 700 to 900 ms between paragraphs; the rest lies around
        these so that a listener hears a sub-head, a list or a quote as what it is.
    """

    phrase_ms: int = 150
    """Inside a sentence that had to be cut for its length."""
    sentence_ms: int = 400
    paragraph_ms: int = 800
    list_item_ms: int = 550
    """Between one item of a list and the next."""
    before_heading_ms: int = 1100
    after_heading_ms: int = 650
    around_quote_ms: int = 900
    """Before and after a block quote."""
    opening_ms: int = 700
    """Between disclosure, headline, byline and date."""
    before_body_ms: int = 1000
    before_closing_ms: int = 1200
    final_ms: int = 300


@dataclass(frozen=True, slots=True)
class ScriptStyle:
    """A house's settings for what is said and how it is paced."""

    variety: Variety = Variety.AMERICAN
    say_emoji: bool = False
    """Whether an emoji is said by its Unicode name; otherwise it is listed as omitted."""
    web_addresses: WebAddresses = WebAddresses.SAY
    frame_long_quotes: bool = False
    """Whether block quotes are framed by "quote" and "end quote"."""
    longest_utterance_symbols: int = 400
    """Phoneme symbols above which a sentence is cut at its best phrase boundary."""
    pauses: Pauses = Pauses()
    intro: str = ""
    """Said after the disclosure."""
    outro: str = ""
    """Said before the disclosure's last sentence."""

    @property
    def british(self) -> bool:
        """Whether British readings are wanted."""
        return self.variety is Variety.BRITISH
