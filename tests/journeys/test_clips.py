"""A moment of a live is kept by a key, watched with its chat beside it, shared, deleted and taken back."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.looks import DESK, flaws
from tests.journeys.product import Product
from tests.journeys.visitor import account_of, open_the_live, sign_in, silent_page

BEGUN = re.compile(r"^(1[5-9]|[2-9]\d|\d{3,})(\.|$)")
"""Seconds of the live that must be there before its last ones are kept: 15."""
FILM = "document.getElementById('video')"


@pytest.mark.chromium
def test_a_moment_is_kept_watched_shared_and_deleted(demo: Product, browser: Browser, page: Page) -> None:
    sign_in(page, demo.url, account_of(demo))
    keep_the_last_seconds(demo, page)
    watch_it_with_its_chat(page)
    take_it_away(page)
    link = share_it(page)
    see_it_as_a_guest(browser, link)
    revoke_it(page)
    with silent_page(browser, "en-GB") as guest:
        guest.goto(link)
        expect(guest.get_by_role("heading", name="This link leads nowhere")).to_be_visible()
    assert flaws(page) == []
    page.set_viewport_size(DESK)
    delete_it_and_take_it_back(page)
    assert flaws(page) == []
    page.close()
    assert demo.stop() == 0
    assert demo.troubles() == []


def keep_the_last_seconds(demo: Product, page: Page) -> None:
    open_the_live(demo, page)
    expect(page.locator("#lanes > .lanes")).to_have_attribute("data-edge", BEGUN)
    page.keyboard.press("c")
    toast = page.locator(".clip-toast")
    expect(toast).to_contain_text("C-1")
    expect(toast.get_by_role("link", name="Le regarder")).to_be_visible()
    toast.get_by_role("link").click()


def watch_it_with_its_chat(page: Page) -> None:
    """Rows follow the film, and lead to their moment in it; parts of it are asked for, not the whole."""
    film = page.locator("#video")
    expect(film).not_to_have_js_property("readyState", 0)
    assert page.evaluate(f"{FILM}.duration") > 5
    assert page.evaluate(f"{FILM}.videoWidth") > 0
    row = page.locator("#chat > .msg").last
    row.locator("a.tc").click()
    expect(row).to_have_attribute("aria-current", "true")
    assert page.evaluate(f"{FILM}.currentTime") > 1
    page.keyboard.press("ArrowLeft")
    expect(row).not_to_have_attribute("aria-current", "true")
    page.keyboard.press(" ")
    expect(film).to_have_js_property("paused", value=False)
    page.keyboard.press(" ")
    expect(film).to_have_js_property("paused", value=True)


def take_it_away(page: Page) -> None:
    with page.expect_download() as waiting:
        page.keyboard.press("d")
    assert waiting.value.suggested_filename.endswith(".mp4")
    with waiting.value.path().open("rb") as file:
        assert b"ftyp" in file.read(16)


def share_it(page: Page) -> str:
    page.keyboard.press("l")
    page.get_by_role("button", name="Créer le lien").click()
    return page.locator("#issued-link").input_value()


def see_it_as_a_guest(browser: Browser, link: str) -> None:
    with silent_page(browser, "en-GB") as guest:
        guest.goto(link)
        film = guest.locator("video")
        expect(film).not_to_have_js_property("readyState", 0)
        film.evaluate("film => { film.currentTime = 3 }")
        expect(film).to_have_js_property("seeking", value=False)
        expect(guest.get_by_text("Veille")).to_have_count(0)
        assert flaws(guest) == []


def revoke_it(page: Page) -> None:
    page.get_by_role("button", name="Révoquer").click()
    expect(page.get_by_text("révoqué", exact=True)).to_be_visible()


def delete_it_and_take_it_back(page: Page) -> None:
    page.locator("nav.rail").get_by_role("link", name="Clips").click()
    page.wait_for_url("**/clips/")
    card = page.locator("#grid > .clip-card").first
    page.keyboard.press("j")
    expect(card).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("#chosen-count")).to_have_text("1")
    page.keyboard.press("Delete")
    expect(card).to_have_class(re.compile("is-gone"))
    page.keyboard.press("z")
    expect(card).not_to_have_class(re.compile("is-gone"))
