"""Who does something: every change names one, and the audit log keeps the name."""

from dataclasses import dataclass

from vivavoce.newsroom.refusals import NotAllowed
from vivavoce.storage.records import Scope

ITSELF = "vivavoce"
"""Who does what happens by itself."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a program, or the newsroom itself, in one house."""

    house: str
    who: str
    """"user:anna", "token:ghost", or `ITSELF`."""
    scopes: frozenset[Scope]
    address: str = ""

    def require(self, scope: Scope) -> None:
        """Go on only with a right.

        Raises:
            NotAllowed: The actor has not got it.
        """
        if scope not in self.scopes and Scope.ADMIN not in self.scopes:
            raise NotAllowed(f"this wants the right '{scope}', which {self.who} has not got; ask an administrator")


def itself(house: str) -> Actor:
    """Give the newsroom itself, at work in a house."""
    return Actor(house, ITSELF, frozenset({Scope.ADMIN}))
