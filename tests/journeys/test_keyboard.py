"""The queue and an alert, worked by keys alone; keys that mean something else are left alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.product import started
from tests.journeys.visitor import account_of, sign_in, silent_page

pytestmark = pytest.mark.chromium
TO_REVIEW = re.compile("Why (first|here):")


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Sign in to a demo, and wait for two alerts."""
    with started("demo", tmp_path_factory.mktemp("keys")) as house, silent_page(browser, "en-GB") as page:
        sign_in(page, house.url, account_of(house))
        page.goto(f"{house.url}/profile/")
        page.locator("[name=language]").select_option("en")
        page.locator("main button[type=submit]").first.click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("#rail-alerts")).to_have_text(re.compile("[2-9]"))
        yield page


@pytest.fixture
def queue(page: Page) -> Page:
    go(page, "Alert queue")
    return page


@pytest.fixture
def alert(queue: Page) -> Page:
    """The first alert of the queue."""
    queue.keyboard.press("j")
    queue.keyboard.press("Enter")
    arrive(queue, re.compile(r"Alert \d"))
    return queue


def go(page: Page, room: str) -> None:
    page.locator("nav.rail").get_by_role("link", name=room).click()
    arrive(page, room)


def arrive(page: Page, heading: str | re.Pattern[str]) -> None:
    """Wait until a page is there with its scripts: before, keys mean nothing."""
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    page.wait_for_load_state()


def test_queue_is_walked_decided_and_opened(queue: Page) -> None:
    first, second = (queue.locator("#queue [data-row]").nth(place) for place in (0, 1))
    queue.keyboard.press("j")
    expect(first).to_be_focused()
    queue.keyboard.press("j")
    expect(second).to_be_focused()
    queue.keyboard.press("k")
    expect(first).to_be_focused()
    queue.keyboard.press("d")
    expect(first).to_contain_text("Dismissed")
    expect(second).to_be_focused()
    queue.locator("#toasts").get_by_role("button", name="Undo").wait_for()
    queue.keyboard.press("z")
    expect(first).to_contain_text(TO_REVIEW)
    queue.keyboard.press("Enter")
    expect(queue.get_by_role("heading", name=re.compile(r"Alert \d"))).to_be_visible()


def test_undo_is_offered_even_where_the_push_comes_before_the_answer(queue: Page) -> None:
    first = queue.locator("#queue [data-row]").first

    def hold(route: Route) -> None:
        answer = route.fetch()
        expect(first).to_contain_text("Dismissed")
        route.fulfill(response=answer)

    queue.route("**/decision/", hold, times=1)
    queue.keyboard.press("j")
    queue.keyboard.press("d")
    queue.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(first).to_contain_text(TO_REVIEW)


def test_alert_is_classed_noted_and_decided(alert: Page) -> None:
    address = alert.url
    alert.keyboard.press("1")
    expect(alert.locator("[name=category]").first).to_be_checked()
    alert.keyboard.press("n")
    note = alert.get_by_role("textbox", name="Note")
    expect(note).to_be_focused()
    alert.keyboard.type("dazs jk? 1")
    expect(note).to_have_value("dazs jk? 1")
    alert.keyboard.press("Shift+Tab")
    alert.keyboard.press("s")
    alert.wait_for_url(lambda url: url != address)
    alert.locator("#toasts").get_by_role("button", name="Undo").wait_for()
    alert.keyboard.press("z")
    expect(alert.locator("#toasts")).to_contain_text("to review")
    alert.goto(address)
    expect(alert.get_by_role("heading", name="Your decision")).to_be_visible()


def test_alerts_are_walked(alert: Page) -> None:
    first = alert.url
    alert.keyboard.press("j")
    alert.wait_for_url(lambda url: url != first)
    alert.keyboard.press("k")
    alert.wait_for_url(first)


def test_help_lists_the_keys_of_the_page(queue: Page) -> None:
    queue.keyboard.press("?")
    keys = queue.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_be_visible()
    assert {"J K", "D", "B"} <= set(keys.locator("kbd").all_inner_texts())
    queue.keyboard.press("d")
    queue.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(queue.locator("#queue [data-row].taken")).to_have_count(0)


@pytest.mark.parametrize("modifier", ["Control", "Meta", "Alt"])
def test_keys_of_the_browser_are_left_alone(queue: Page, modifier: str) -> None:
    queue.keyboard.press("j")
    address = queue.url
    for key in "djk":
        queue.keyboard.press(f"{modifier}+{key}")
    expect(queue.locator("#queue [data-row]").first).to_be_focused()
    expect(queue.locator("#queue [data-row].taken")).to_have_count(0)
    assert queue.url == address


def test_keys_are_letters_while_typing(page: Page) -> None:
    go(page, "Channels")
    page.keyboard.press("n")
    address = page.get_by_label("Address")
    address.focus()
    page.keyboard.type("jknd?z")
    expect(address).to_have_value("jknd?z")
    page.get_by_label("Language spoken").focus()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Add a channel")).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(0)
