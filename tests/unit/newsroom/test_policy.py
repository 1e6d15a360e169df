"""When an edition may go out, and when it goes by itself."""

from types import MappingProxyType

import pytest

from newsroom_values import make_article, make_edition, make_version
from vivavoce.house import NewsroomRules, Policy
from vivavoce.newsroom.policy import goes_out_by_itself, may_go_out
from vivavoce.storage.records import Approval, now

EDITION = make_edition(make_article())
APPROVAL = Approval(EDITION.id, "34" * 32, 1, "user:anna", now())
RULES = NewsroomRules(Policy.APPROVE, MappingProxyType({"weather": Policy.CLEAN}))


@pytest.mark.parametrize(
    ("section", "clean", "approved", "is_out", "may", "by_itself"),
    [
        (None, True, False, False, False, False),
        (None, True, True, False, True, False),
        (None, True, True, True, True, True),
        (None, True, False, True, False, False),
        (None, False, True, True, True, False),
        ("weather", True, False, False, True, True),
        ("weather", False, False, False, False, False),
        ("weather", False, True, False, True, False),
        ("politics", True, False, False, False, False),
    ],
)
def test_the_policy(section: str | None, clean: bool, approved: bool, is_out: bool, may: bool, by_itself: bool) -> None:
    version, approval = make_version(EDITION, clean=clean), APPROVAL if approved else None
    assert may_go_out(RULES, section, version, approval) is may
    assert goes_out_by_itself(RULES, section, version, approval, is_out=is_out) is by_itself
