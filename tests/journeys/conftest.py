"""The product, and a real browser: Debian's Chromium, driven by Playwright.

Ask for the product before the page, so that the page is closed before the product ends.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.product import Product, started
from tests.journeys.visitor import silent_page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
]


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Product]:
    """Start `vigie up` on an empty data folder."""
    with started("up", tmp_path) as product:
        yield product


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Product]:
    with started("demo", tmp_path) as product:
        yield product


@pytest.fixture(scope="module")  # while it runs, no other test can have an event loop of its own
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing")
        pytest.skip("Chromium is missing")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of somebody who reads English."""
    with silent_page(browser, "en-GB") as page:
        yield page
