"""Deciding while something breaks: no connection, a session that ended elsewhere. Nothing that was written is lost."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.product import Product, started
from tests.journeys.visitor import account_of, fill_in_sign_in, sign_in

pytestmark = pytest.mark.chromium

QUEUE = "w/veille-estuaire/alerts/"
NOTE = "heard twice, see the minute before"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with started("demo", tmp_path_factory.mktemp("interrupted")) as product:
        yield product


@pytest.fixture
def queue(house: Product, browser: Browser) -> Iterator[Page]:
    """The queue of a demo, once an alert waits in it."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    sign_in(page, house.url, account_of(house))
    expect(page.locator("#rail-alerts")).to_have_text(re.compile("[1-9]"))
    page.goto(f"{house.url}/{QUEUE}")
    page.wait_for_load_state()
    yield page
    context.close()


@pytest.fixture
def alert(queue: Page) -> Page:
    """An alert with a note that is not sent yet."""
    queue.locator("#queue .quote").first.click()
    queue.wait_for_url(re.compile(r"/alerts/\d+/$"))
    queue.locator("#note").fill(NOTE)
    return queue


def sign_out_elsewhere(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def test_a_decision_without_connection_is_told_and_the_row_stays(queue: Page) -> None:
    queue.context.set_offline(True)
    queue.keyboard.press("d")
    expect(queue.locator("#toasts")).to_contain_text("connexion")
    expect(queue.locator("#queue .taken")).to_have_count(0)


def test_a_form_without_connection_stays_with_what_was_written(alert: Page) -> None:
    address = alert.url
    alert.context.set_offline(True)
    alert.locator("#decide button[value=reviewed]").click()
    expect(alert.locator("#toasts")).to_contain_text("connexion")
    assert alert.url == address
    expect(alert.locator("#note")).to_have_value(NOTE)


def test_deciding_from_the_queue_after_the_session_ended_leads_to_sign_in_and_back(queue: Page, house: Product) -> None:
    sign_out_elsewhere(queue)
    queue.keyboard.press("d")
    queue.wait_for_url("**/accounts/login/**")
    fill_in_sign_in(queue, queue.url, account_of(house))
    queue.wait_for_url(f"{house.url}/{QUEUE}")


def test_a_note_outlives_the_session_it_was_written_in(alert: Page, house: Product) -> None:
    address = alert.url
    sign_out_elsewhere(alert)
    alert.locator("#decide button[value=reviewed]").click()
    alert.wait_for_url("**/accounts/login/**")
    fill_in_sign_in(alert, alert.url, account_of(house))
    alert.wait_for_url(address)
    expect(alert.locator("#note")).to_have_value(NOTE)


def test_a_decision_that_came_second_is_told_first_on_a_phone(alert: Page, house: Product) -> None:
    address = alert.url
    alert.set_viewport_size({"width": 360, "height": 780})
    elsewhere = alert.context.new_page()
    elsewhere.goto(address)
    elsewhere.locator("#decide button[value=dismissed]").click()
    elsewhere.wait_for_url(lambda url: url != address)

    alert.locator("#decide button[value=reviewed]").click()

    expect(alert.locator("#decision [role=alert]")).to_be_in_viewport()
    expect(alert.locator("#note")).to_have_value(NOTE)
    assert alert.url == address
    alert.reload()
    expect(alert.get_by_role("heading", level=1)).to_be_visible()


def test_back_shows_nothing_once_signed_out(queue: Page, house: Product) -> None:
    queue.goto(f"{house.url}/w/veille-estuaire/lives/")
    sign_out_elsewhere(queue)
    queue.go_back()
    expect(queue.locator("[name=login]")).to_be_visible()
