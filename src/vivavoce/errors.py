"""One tree of exceptions; the class says whose turn it is and whether to try again.

    VivavoceError
    ├── UsageError        the caller asked for something that does not exist        exit 2
    ├── InputError        the input can't be used as an article                    exit 3
    ├── RemoteError       the network or a remote said no                          exit 4
    ├── SynthesisError    the voice gave something that can't be audio             exit 5
    ├── MachineError      this machine isn't ready: model, disk, folder, memory    exit 7
    └── ProvenanceError   a file is changed, unsigned or not ours                  exit 8

Every message is one line that says what was wanted, what came, where, and what to do next.
"""


class VivavoceError(Exception):
    """Any failure that vivavoce names; never raised itself."""

    retryable = False
    """Whether the same call may succeed later with nothing changed."""


class UsageError(VivavoceError):
    """The caller asked for a command, option or value that does not exist."""


class InputError(VivavoceError):
    """The input can't be used: missing, empty, not text, not an article, not in the voice's language."""


class RemoteError(VivavoceError):
    """The network, or a server on it, refused or did not answer in time."""

    retryable = True


class AbsentError(RemoteError):
    """The server says that it has nothing under this address."""


class SynthesisError(VivavoceError):
    """The voice returned something that can't be this utterance's audio."""


class MachineError(VivavoceError):
    """This machine isn't ready: a model is missing or damaged, the disk is full, a folder is not writable."""


class ProvenanceError(VivavoceError):
    """A file's signature is absent, broken, or not this newsroom's."""
