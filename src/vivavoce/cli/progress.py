"""A progress line on standard error: the stage, utterances done, time left. Only on a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class ProgressLine:
    """Shows what `pipeline.Watch` tells."""

    def __init__(self, progress: Progress) -> None:
        """Show nothing yet."""
        self._progress = progress
        self._task = progress.add_task("starting", total=None)
        self._stage = "starting"

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show a step."""
        if stage != self._stage:
            self._progress.reset(self._task)
            self._stage = stage
        self._progress.update(self._task, description=stage, completed=done, total=total)


@contextmanager
def open_progress() -> Iterator[ProgressLine]:
    """Show a progress line while the block runs; where standard error is no terminal, show nothing."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield ProgressLine(progress)
