"""One live with its audience: the chat arrives by itself, a stretch is brushed, marked, searched; on a phone too."""

import re

import pytest
from playwright.sync_api import CDPSession, FloatRect, Locator, Page, expect

from tests.journeys.looks import DESK, PHONE, STICKING_OUT, flaws
from tests.journeys.product import Product
from tests.journeys.visitor import account_of, open_the_live, sign_in

WRITTEN = "#chat-lines > .msg"
BEGUN = re.compile(r"^(2\d|[3-9]\d|\d{3,})(\.|$)")
"""Seconds of the live that must be there before a stretch of them is brushed: 20."""


@pytest.mark.chromium
def test_a_live_is_followed_brushed_marked_and_searched(demo: Product, page: Page) -> None:
    sign_in(page, demo.url, account_of(demo))
    open_the_live(demo, page)
    see_the_chat_arrive(page)
    brush(page)
    see_the_selection(page)
    scroll_over_the_lanes(page)
    mark(page, "à réécouter")
    use_the_keys(page)
    search(page)
    open_somebody(page)
    assert flaws(page) == []
    use_a_phone(page)
    page.close()
    assert demo.stop() == 0
    assert demo.troubles() == []


def see_the_chat_arrive(page: Page) -> None:
    expect(page.locator(WRITTEN).first).to_be_visible()
    page.evaluate("window.wasNotReloaded = true")
    last = page.locator(WRITTEN).last.get_attribute("id")
    expect(page.locator(f"#{last} ~ .msg").first).to_be_attached()
    assert page.evaluate("window.wasNotReloaded") is True


def brush(page: Page) -> None:
    expect(page.locator("#lanes > .lanes")).to_have_attribute("data-edge", BEGUN)
    axis, lane = box_of(page.locator(".lane.axis .plot")), box_of(page.locator(".lane.tall .plot"))
    scale = axis["width"] / float(page.locator("#lanes > .lanes").get_attribute("data-to") or 60)
    page.mouse.move(axis["x"] + 2 * scale, lane["y"] + 10)
    page.mouse.down()
    page.mouse.move(axis["x"] + 10 * scale, lane["y"] + 40, steps=4)
    page.mouse.up()


def box_of(found: Locator) -> FloatRect:
    box = found.bounding_box()
    assert box is not None
    return box


def see_the_selection(page: Page) -> None:
    bar = page.get_by_role("toolbar", name="Sélection")
    expect(bar).to_contain_text(re.compile(r"\d+ messages?"))
    expect(page.locator("#picked-chat")).to_be_visible()
    expect(page.locator("#picked-words")).to_be_visible()
    assert "sel=" in page.url


def scroll_over_the_lanes(page: Page) -> None:
    """A finger drags, and then scrolls the page: the browser cancels the drag, and what was selected stays."""
    before = page.locator("#brush").get_attribute("style") or ""
    box = box_of(page.locator(".lane.axis .plot"))
    x, y = box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2
    fingers = page.context.new_cdp_session(page)
    finger(fingers, "touchStart", (x, y))
    finger(fingers, "touchMove", (x + 40, y), (x + 80, y))
    expect(page.locator("#brush")).not_to_have_attribute("style", before)
    finger(fingers, "touchCancel")
    expect(page.locator("#brush")).to_have_attribute("style", before)
    see_the_selection(page)


def finger(session: CDPSession, kind: str, *places: tuple[float, float]) -> None:
    for points in [[{"x": x, "y": y}] for x, y in places] or [[]]:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def mark(page: Page, label: str) -> None:
    page.keyboard.press("m")
    page.get_by_label("Libellé").fill(label)
    page.keyboard.press("Enter")
    expect(page.locator(".pin.is-person title")).to_contain_text(label)
    page.keyboard.press("Escape")
    expect(page.locator("#picked-bar")).to_have_count(0)
    expect(page.locator("#chat-lines")).to_be_visible()


def use_the_keys(page: Page) -> None:
    page.locator("#chat-lines .msg").last.click()  # the playhead goes there
    expect(page.locator("#playhead")).to_be_visible()
    for _ in range(2):
        page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("#picked-bar")).to_contain_text("10 s")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator("#follow")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#playhead")).to_be_hidden()


def search(page: Page) -> None:
    words = page.locator(f"{WRITTEN}:not(.is-act) bdi").last.inner_text()
    sought = next(word for word in re.findall(r"[^\W\d_]{3,}", words + " merci"))
    page.get_by_label("Chercher dans le chat").fill(sought.upper())
    expect(page.locator("#chat-found mark").first).to_be_visible()
    expect(page.locator("#chat-lines")).to_be_hidden()
    page.get_by_label("Chercher dans le chat").fill("")
    expect(page.locator("#chat-lines")).to_be_visible()


def open_somebody(page: Page) -> None:
    page.locator(f"{WRITTEN} .by").last.click()
    expect(page.locator("#chatter-dialog")).to_contain_text("Dans ce live")
    page.keyboard.press("Escape")
    expect(page.locator("#chatter > *")).to_have_count(0)


def use_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.get_by_role("tab", name="Chat").click()
    expect(page.locator(WRITTEN).last).to_be_visible()
    expect(page.locator("#words")).to_be_hidden()
    page.get_by_role("tab", name="Alertes").click()
    expect(page.locator("#tab-alerts")).to_be_visible()
    page.get_by_role("tab", name="Parole").click()
    expect(page.locator("#words")).to_be_visible()
    assert page.evaluate(STICKING_OUT) == []
    page.set_viewport_size(DESK)
