import pickle

from vivavoce.house import House
from vivavoce.studio import prepare_request


def test_a_request_goes_to_another_process() -> None:
    """The newsroom's booth says previews in a process of its own; a mapping proxy can't be sent there."""
    request = prepare_request("story.txt", House())
    assert pickle.loads(pickle.dumps(request)) == request  # noqa: S301  # our own
