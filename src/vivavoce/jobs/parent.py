"""A child process that ends with its parent, even where the parent was killed."""

import os
import threading
import time

_LOOK_EVERY_S = 0.5


def end_with_parent(parent: int) -> None:
    """End this process at once when its parent is gone: whatever it held is put back by the next one.

    Args:
        parent: The parent's process id, from the parent itself: it may be gone before this process has begun.
    """
    threading.Thread(target=_watch, args=(parent,), daemon=True, name="parent").start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_S)
    os._exit(1)
