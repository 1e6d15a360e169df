"""Why a newsroom says no to somebody who asks; the server gives each its HTTP status.

UsageError
└── Refusal
    ├── NotThere      no such thing, or another house's
    ├── Conflict      not in the state that it is in
    │   └── Overtaken     the state changed while it was worked on
    ├── NotAllowed    not with these rights
    ├── Unknown       nobody that we know: no, a wrong or a spent secret
    └── TooBusy       later
"""

from vivavoce.errors import UsageError


class Refusal(UsageError):  # noqa: N818  # no error of anybody's: an answer
    """Something that was asked for and is not done; never raised itself."""


class NotThere(Refusal):
    """There is no such thing in the asker's house."""


class Conflict(Refusal):
    """What is asked for does not fit the state that things are in."""


class Overtaken(Conflict):
    """What was made fits a state that has passed meanwhile; made again, it will fit."""

    retryable = True


class NotAllowed(Refusal):
    """The asker is known and may not do this."""


class Unknown(Refusal):
    """The asker is nobody that we know."""


class TooBusy(Refusal):
    """As many as can be are waiting already."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        """Say when to come again."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class TooOften(TooBusy):
    """This asker has asked more than anybody may."""
