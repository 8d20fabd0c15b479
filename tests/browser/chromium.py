"""Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

_PICTURES = Path(__file__).parents[2] / "docs" / "images"


@contextmanager
def chromium_started() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "there is no chromium: `make test-browser` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def picture(page: Page, name: str) -> None:
    """For the documents, where somebody asks for new ones: `PICTURES=1 make test-browser`."""
    if os.environ.get("PICTURES"):
        page.screenshot(path=_PICTURES / f"{name}.png")
