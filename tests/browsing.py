"""Waiting for a page: Playwright's own way evaluates text inside the page, which our pages' policy refuses."""

import time

from playwright.sync_api import Page


def wait_until(page: Page, condition: str, *, timeout_s: float = 30) -> None:
    """Wait until a JavaScript expression holds."""
    deadline = time.monotonic() + timeout_s
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"not within {timeout_s} s: {condition}"
        page.wait_for_timeout(20)
