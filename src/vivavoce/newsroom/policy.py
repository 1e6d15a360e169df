"""When an edition may go out."""

from vivavoce.house import NewsroomRules, Policy
from vivavoce.storage.records import Approval, VersionRow


def may_go_out(rules: NewsroomRules, section: str | None, version: VersionRow, approval: Approval | None) -> bool:
    """Tell whether a person may publish a version: its words are approved, or the policy wants a clean proof only."""
    return approval is not None or (rules.policy_of(section) is Policy.CLEAN and version.clean)


def goes_out_by_itself(
    rules: NewsroomRules, section: str | None, version: VersionRow, approval: Approval | None, *, is_out: bool
) -> bool:
    """Tell whether a new version needs nobody's look.

    A clean one, where the policy says so; or where an earlier version is out, and somebody has approved these words.
    """
    if not version.clean:
        return False
    return rules.policy_of(section) is Policy.CLEAN or (is_out and approval is not None)
