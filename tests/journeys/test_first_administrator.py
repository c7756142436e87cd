"""The first hour of an installation, from the link that is printed to signing out."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.product import Product
from tests.journeys.visitor import ADMINISTRATOR, add_channel, set_up, sign_in, sign_out
from vigie.simulators.media import MediaServer, demo_script

CHANNEL = "Le direct du marché"


@pytest.mark.chromium
def test_first_administrator_watches_a_live_and_decides_its_alert(up: Product, page: Page) -> None:
    link = link_of(up)
    set_up(page, link)
    sign_out(page)
    sign_in(page, up.url, ADMINISTRATOR)
    with MediaServer(demo_script()) as media:
        add_channel(page, media.url("fr.m3u8"), name=CHANNEL)
        see_words_and_an_alert_arrive(page)
    open_the_alert(page)
    hear_it(page)
    decide_undo_decide(page)
    sign_out(page)
    the_link_is_used_up(page, link)


def link_of(product: Product) -> str:
    return product.wait_for("First administrator").split()[-1]


def see_words_and_an_alert_arrive(page: Page) -> None:
    """Watch the live's page fill; a mark on its window is still there when the alert comes, so nobody reloaded it."""
    page.locator("nav.rail").get_by_role("link", name="Lives").click()
    page.locator("#on-air").get_by_role("link", name=CHANNEL).click()
    expect(page.get_by_role("heading", name=CHANNEL)).to_be_visible()
    page.evaluate("window.isTheSamePage = true")
    words = page.locator("#words")
    expect(words).to_contain_text("on parle de la piste cyclable")
    expect(words).to_contain_text("je tiens le stand de fromages")
    expect(words.locator("mark").first).to_be_visible()
    expect(page.locator("a.tick").first).to_be_visible()
    expect(page.locator("#rail-alerts")).to_have_text(re.compile(r"\d"))
    assert page.evaluate("window.isTheSamePage") is True


def open_the_alert(page: Page) -> None:
    page.locator("nav.rail").get_by_role("link", name="Alert queue").click()
    page.locator("#queue [data-row] a.quote").first.click()
    expect(page.get_by_role("heading", name=re.compile(r"Alert \d"))).to_be_visible()
    expect(page.locator("#moment .mrow.subject mark").first).to_be_visible()


def hear_it(page: Page) -> None:
    """Play the moment: the browser asks for a part of the sound and gets that part."""
    with page.expect_response(re.compile("/audio/")) as heard:
        page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert (heard.value.status, heard.value.headers["content-type"]) == (206, "audio/flac")
    part = page.request.get(heard.value.url, headers={"Range": "bytes=4-11"})
    assert (part.status, len(part.body())) == (206, 8)


def decide_undo_decide(page: Page) -> None:
    alert = page.url
    page.get_by_role("textbox", name="Note").fill("Said by a caller, cut off at once.")
    page.get_by_role("button", name=re.compile("^Dismiss")).click()
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("to review")
    page.goto(alert)
    page.get_by_label("Hateful").check()
    page.get_by_role("textbox", name="Note").fill("The caller was banned.")
    page.get_by_role("button", name=re.compile("^Act")).click()
    page.goto(alert)
    expect(page.locator("#decision")).to_contain_text("Action taken")
    expect(page.locator("#notes .note")).to_have_text(["Said by a caller, cut off at once.", "The caller was banned."])


def the_link_is_used_up(page: Page, link: str) -> None:
    answer = page.goto(link)
    assert answer is not None
    assert answer.status == 410
    expect(page.get_by_role("heading", name="This link is not valid")).to_be_visible()
