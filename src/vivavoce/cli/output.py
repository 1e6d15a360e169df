"""Results go to standard output, even when nobody reads them."""

import os
import sys


def print_result(text: str) -> None:
    """Print a result; a reader that has gone away does not change what was done, nor the exit code."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        forget_output()


def forget_output() -> None:
    """Let all further output go nowhere, as nobody reads it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
