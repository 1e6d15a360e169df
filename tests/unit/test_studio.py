import pickle

import pytest

from vivavoce.house import House
from vivavoce.settings import read_places
from vivavoce.studio import prepare_request, split_text


def test_a_request_goes_to_another_process() -> None:
    """The newsroom's booth says previews in a process of its own; a mapping proxy can't be sent there."""
    request = prepare_request("story.txt", House())
    assert pickle.loads(pickle.dumps(request)) == request  # noqa: S301  # our own


@pytest.mark.parametrize(
    "parts",
    [
        ("Officials said the bridge was not damaged in the storm,", "although traffic was stopped for several hours."),
        # Nothing inside a date, nor where too little stands before or behind the mark.
        ("He said in Paris that the attack of Feb. 24, 2022, changed it.", "Nobody in the room believed him, he said."),
        ("On Tuesday, the council voted to close three of the city's seven libraries.",),
    ],
)
def test_a_long_first_sentence_is_said_from_its_first_mark_on(parts: tuple[str, ...]) -> None:
    assert split_text(prepare_request(" ".join(parts), House()), read_places()) == parts
