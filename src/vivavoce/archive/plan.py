"""How much a back catalogue will cost, before any of it is made: a sample is read, and a little of it said."""

import random
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from pathlib import Path
from tempfile import TemporaryDirectory

from vivavoce.archive.items import ArchiveItem, WorkOrder
from vivavoce.archive.work import Narrator, WorkSettings, read_item
from vivavoce.errors import InputError, VivavoceError
from vivavoce.settings import Places
from vivavoce.studio import find_voice, make_script

LONGEST = 3
"""So many of the longest articles a plan names: one of them keeps a worker for hours."""
SAMPLE = 40
MEASURED = 2
_RESAMPLES = 2000
_SEED = 7
_LOW, _HIGH = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure and where it lies with nine chances of ten, as far as the sample tells."""

    middle: float
    low: float
    high: float

    def times(self, factor: float) -> "Spread":
        """Scale it."""
        return Spread(self.middle * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Price:
    """What a machine costs."""

    name: str
    usd_an_hour: float
    cores: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the whole catalogue will take."""

    articles: int
    """Listed."""
    readable: float
    """Share of the sample that is an article and can be said."""
    refused: tuple[str, ...]
    """Why the rest of the sample is not; a few reasons."""
    audio_hours: Spread
    core_hours: Spread
    gigabytes: Spread
    core_s_an_audio_s: float
    """Measured on this machine."""
    longest: tuple[tuple[str, int], ...] = ()
    """(source id, bytes of its source) of the longest articles, the longest first."""

    def wall_hours(self, cores: int) -> Spread:
        """How long it takes on so many processors."""
        return self.core_hours.times(1 / cores)

    def cost_usd(self, price: Price) -> Spread:
        """What the processors' hours cost."""
        return self.core_hours.times(price.usd_an_hour / price.cores)


def plan_archive(items: Iterable[ArchiveItem], *, settings: WorkSettings, places: Places) -> Forecast:
    """Sample a catalogue and forecast the whole.

    The length of an article's audio follows from its script's symbols; symbols a second, processor seconds and bytes a
    second of audio are measured by narrating a few of the sample with a cold cache.

    Raises:
        InputError: The catalogue is empty, or nothing in the sample can be said.
        VivavoceError: The listing failed, or this machine isn't ready.
    """
    longest: list[tuple[int, str]] = []
    sample, listed = draw_sample(_note_longest(items, longest))
    if not sample:
        raise InputError("the catalogue lists no article; check its path")
    voice = find_voice(settings.request.voice)
    symbols: list[tuple[int, ArchiveItem]] = []
    refused: list[str] = []
    for item in sample:
        try:
            script = make_script(read_item(item, settings.request), settings.request, voice, places)
        except VivavoceError as error:
            refused.append(str(error))
            continue
        symbols.append((sum(len(utterance.phonemes) for utterance in script.utterances), item))
    if not symbols:
        raise InputError(f"none of {len(sample)} sampled articles can be said; the first: {refused[0]}")
    measured = _measure([item for _, item in sorted(symbols, key=lambda pair: pair[0])], settings, places)
    audio_s = [count / measured.symbols_an_audio_s for count, _ in symbols] + [0.0] * len(refused)
    hours = spread_of_mean(audio_s).times(listed / 3600)
    return Forecast(
        articles=listed,
        readable=len(symbols) / len(sample),
        refused=tuple(dict.fromkeys(refused))[:3],
        audio_hours=hours,
        core_hours=hours.times(measured.core_s_an_audio_s),
        gigabytes=hours.times(3600 * measured.bytes_an_audio_s / 1e9),
        core_s_an_audio_s=measured.core_s_an_audio_s,
        longest=tuple((name, size) for size, name in sorted(longest, reverse=True)),
    )


def _note_longest(items: Iterable[ArchiveItem], longest: list[tuple[int, str]]) -> Iterator[ArchiveItem]:
    """Pass items on; `longest` holds the longest so far."""
    for item in items:
        heappush(longest, (item.weight, item.source_id))
        if len(longest) > LONGEST:
            heappop(longest)
        yield item


def draw_sample(items: Iterable[ArchiveItem], size: int = SAMPLE) -> tuple[list[ArchiveItem], int]:
    """Draw items, each with the same chance, in one pass; gives them and the number of all.

    Source:
        J. S. Vitter, "Random Sampling with a Reservoir" (1985), algorithm R.
    """
    chance = random.Random(_SEED)  # noqa: S311  # a sample, no secret
    sample: list[ArchiveItem] = []
    listed = 0
    for item in items:
        listed += 1
        if len(sample) < size:
            sample.append(item)
        elif (place := chance.randrange(listed)) < size:
            sample[place] = item
    return sample, listed


def spread_of_mean(values: Sequence[float]) -> Spread:
    """Give the mean and its spread by the bootstrap."""
    chance = random.Random(_SEED)  # noqa: S311  # as above
    means = sorted(statistics.fmean(chance.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    return Spread(statistics.fmean(values), means[int(_LOW * _RESAMPLES)], means[int(_HIGH * _RESAMPLES)])


@dataclass(frozen=True, slots=True)
class _Rates:
    symbols_an_audio_s: float
    core_s_an_audio_s: float
    bytes_an_audio_s: float


def _measure(by_length: Sequence[ArchiveItem], settings: WorkSettings, places: Places) -> _Rates:
    """Narrate articles of middling length with a cold cache; the first one, which loads everything, does not count."""
    middle = len(by_length) // 2
    chosen = by_length[max(0, middle - 1) : middle + MEASURED]
    audio_s = cpu_s = size = symbols = 0.0
    voice = find_voice(settings.request.voice)
    with TemporaryDirectory(prefix="vivavoce-plan-") as scratch:
        for number, item in enumerate(chosen):
            cold = replace(places, cache=Path(scratch) / f"cache{number}")
            narrator = Narrator(replace(settings, output=f"{scratch}/shelf{number}"), cold)
            (outcome,) = narrator.narrate([WorkOrder(item)])
            if not outcome.edition:
                raise InputError(f"a sampled article can't be narrated: {outcome.reason}")
            if number == 0 and len(chosen) > 1:
                continue
            script = make_script(read_item(item, settings.request), settings.request, voice, places)
            symbols += sum(len(utterance.phonemes) for utterance in script.utterances)
            audio_s, cpu_s, size = audio_s + outcome.duration_s, cpu_s + outcome.cpu_s, size + outcome.bytes
    return _Rates(symbols / audio_s, cpu_s / audio_s, size / audio_s)
