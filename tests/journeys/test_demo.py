"""The demo: within 30 s of opening the lives, those with captions speak, are judged and raise an alert.

The wall, which a person lands on, is light.

Then a few seconds of the English live are lost, and that is told.
"""

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.journeys.addresses import INSIDE
from tests.journeys.product import Product
from tests.journeys.visitor import account_of, sign_in
from vigie.site.demo import NAMES

SOON_MS = 30_000
GAP_MS = 90_000
FIRST_LOAD_BYTES = 300_000
LIVES, CAPTIONED = 4, 3
SAID, ALERTED = ".said p", ".pending .sev"


@pytest.mark.chromium
def test_demo_shows_words_judgements_and_alerts(demo: Product, page: Page) -> None:
    received = bytes_received(page)
    sign_in(page, demo.url, account_of(demo))
    expect(page.locator(".tile")).to_have_count(LIVES)
    assert sum(received.values()) < FIRST_LOAD_BYTES
    page.goto(f"{demo.url}/{INSIDE['lives']}")
    lives = page.locator("#on-air > li")
    expect(lives).to_have_count(LIVES)
    telling = lives.filter(has=page.locator(SAID)).filter(has=page.locator(ALERTED))
    expect(telling).to_have_count(CAPTIONED, timeout=SOON_MS)
    for live in [link.get_attribute("href") for link in telling.locator("a.name").all()]:
        page.goto(f"{demo.url}{live}")
        expect(page.locator("#words .utt .sc .sev").first).to_be_visible()
        if (tab := page.locator("[role=tab][data-tab=alerts]")).is_visible():
            tab.click()
        expect(page.locator("a.tick mark").first).to_be_visible()
    page.goto(f"{demo.url}/{INSIDE['lives']}")
    lives.filter(has_text=NAMES["en"]).locator("a.name").click()
    expect(page.locator("[id^=line-g]").first).to_contain_text("6,0 s", timeout=GAP_MS)
    page.close()
    assert demo.stop() == 0
    assert demo.troubles() == []


def bytes_received(page: Page) -> dict[str, int]:
    """Return what each request of the page costs on the wire, as it becomes known; nothing was cached before."""
    received: dict[str, int] = {}
    network: CDPSession = page.context.new_cdp_session(page)
    network.on("Network.loadingFinished", lambda end: received.update({end["requestId"]: end["encodedDataLength"]}))
    network.send("Network.enable")
    return received
