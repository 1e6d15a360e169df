import random
from collections import Counter
from pathlib import Path

import pytest

from archive_at_work import make_item, make_places, make_settings
from vivavoce.archive.items import ArchiveItem
from vivavoce.archive.plan import Price, Spread, draw_sample, plan_archive, spread_of_mean
from vivavoce.errors import InputError
from vivavoce.types import Capture


def test_a_sample_is_drawn_from_the_whole_listing() -> None:
    sample, listed = draw_sample((ArchiveItem(str(number)) for number in range(10_000)), 400)
    tenths = Counter(int(item.source_id) // 1000 for item in sample)
    assert (len(sample), listed) == (400, 10_000)
    assert len({item.source_id for item in sample}) == 400
    assert all(15 <= tenths[tenth] <= 70 for tenth in range(10))


def test_a_short_listing_is_its_own_sample() -> None:
    items = [make_item(number) for number in range(3)]
    assert draw_sample(items, 40) == (items, 3)


def test_the_spread_holds_the_true_mean_nine_times_of_ten() -> None:
    chance = random.Random(3)
    held = 0
    for _ in range(100):
        spread = spread_of_mean([chance.expovariate(1.0) for _ in range(40)])
        held += spread.low <= 1.0 <= spread.high
    assert 78 <= held <= 98


def test_a_plan_is_near_what_the_run_makes(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    items = [make_item(number) for number in range(10)]
    items.append(ArchiveItem("broken", Capture(b"{", "row", "application/json")))
    forecast = plan_archive(items, settings=settings, places=make_places(tmp_path))
    assert forecast.articles == 11
    assert forecast.readable == pytest.approx(10 / 11)
    assert len(forecast.refused) == 1
    assert [name for name, _ in forecast.longest] == ["a9", "a8", "a7"]
    assert forecast.audio_hours.low <= forecast.audio_hours.middle <= forecast.audio_hours.high
    assert 0.7 < forecast.audio_hours.middle * 3600 / (10 * 16.4) < 1.4
    assert forecast.wall_hours(4).middle == pytest.approx(forecast.core_hours.middle / 4)
    assert not (tmp_path / "archive").exists(), "a plan makes nothing"


def test_a_price_is_a_core_hours() -> None:
    assert Spread(8, 4, 12).times(0.41 / 8).middle == pytest.approx(0.41)
    assert Price("c7a.2xlarge", 0.41, 8).cores == 8


def test_a_catalogue_of_nothing_readable_is_refused(tmp_path: Path) -> None:
    broken = [ArchiveItem("broken", Capture(b"{", "row", "application/json"))]
    with pytest.raises(InputError, match="none of 1 sampled"):
        plan_archive(broken, settings=make_settings(tmp_path), places=make_places(tmp_path))
    with pytest.raises(InputError, match="lists no article"):
        plan_archive([], settings=make_settings(tmp_path), places=make_places(tmp_path))
