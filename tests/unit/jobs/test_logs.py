"""Logs of several processes that write to one place."""

import io
import json
import logging

import pytest
import structlog

from vivavoce.jobs.logs import set_up_logs


class Pieces(io.StringIO):
    """A place that remembers each piece as it was written."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def write(self, text: str) -> int:
        self.pieces.append(text)
        return len(text)


def test_a_line_is_written_in_one_piece_so_that_no_other_process_comes_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = Pieces()
    root = logging.getLogger()
    before = (root.level, root.handlers[:])
    monkeypatch.setattr("sys.stderr", place)
    try:
        set_up_logs(process="server")
        structlog.get_logger().info("hook.added", url="https://example.org/ü")
        logging.getLogger("somebody").warning("said")
    finally:
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()
        root.level, root.handlers[:] = before
    assert all(piece.endswith("\n") for piece in place.pieces)
    lines = [json.loads(piece) for piece in place.pieces]
    assert [(line["event"], line["process"], line["level"]) for line in lines] == [
        ("hook.added", "server", "info"),
        ("said", "server", "warning"),
    ]
