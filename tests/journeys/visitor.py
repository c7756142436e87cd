"""A person at a browser: gets in, adds a channel, leaves; and what the browser complains of meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect

from tests.journeys.product import Product
from vigie.site.studio import TIKTOK_HANDLE

DEADLINE_MS = 60_000
expect.set_options(timeout=DEADLINE_MS)


@dataclass(frozen=True, slots=True)
class Account:
    """Who signs in."""

    name: str
    password: str


ADMINISTRATOR = Account("camille", "trois petits chats roux")


def account_of(demo: Product) -> Account:
    """Return the account that the demo printed: `Sign in as NAME with the password PASSWORD`."""
    words = demo.wait_for("Sign in as").split()
    return Account(words[3], words[-1])


def open_the_live(demo: Product, page: Page) -> None:
    """Open the page of the simulated live of TikTok."""
    page.goto(f"{demo.url}/w/veille-estuaire/lives/")
    page.locator("#on-air a.name").filter(has_text=TIKTOK_HANDLE).click()


@contextmanager
def silent_page(browser: Browser, locale: str) -> Iterator[Page]:
    """Open a browser of somebody who reads `locale` and wants no motion; in the end it must not have complained."""
    context = browser.new_context(locale=locale, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(DEADLINE_MS)
    page = context.new_page()
    complaints = listen_to(page)
    yield page
    context.close()
    assert complaints == []


def listen_to(page: Page) -> list[str]:
    """Return a list that grows with every error of the page's scripts and console.

    A page that is itself refused (403, 404, 410) is not complained of: tests ask for such pages.
    """
    found: list[str] = []
    refused: set[str] = set()

    def answered(response: Response) -> None:
        if response.request.is_navigation_request() and response.status >= 400:
            refused.add(response.url)

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and message.location["url"] not in refused:
            found.append(f"{message.location['url']} {message.text}")

    page.on("response", answered)
    page.on("console", said)
    page.on("pageerror", lambda error: found.append(f"{page.url} {error}"))
    return found


def set_up(page: Page, link: str) -> None:
    """Open the link of the first administrator and fill in the page, in English; end on the wall."""
    page.goto(link)
    fill_in_account(page, ADMINISTRATOR)
    page.get_by_label("Name of the workspace").fill("Les Halles")
    page.get_by_label("Channel moderation").check()
    page.get_by_role("button", name="Create both and enter").click()
    page.wait_for_url("**/w/les-halles/wall/")


def fill_in_account(page: Page, account: Account) -> None:
    """Fill in who wants in, on whatever page asks for it."""
    page.locator("[name=username]").fill(account.name)
    page.locator("[name=email]").fill(f"{account.name}@example.org")
    page.locator("[name=password1]").fill(account.password)
    page.locator("[name=password2]").fill(account.password)


def sign_in(page: Page, url: str, account: Account) -> None:
    """Sign in; end where the product then leads."""
    fill_in_sign_in(page, url, account)
    page.locator("nav.rail").wait_for()


def fill_in_sign_in(page: Page, url: str, account: Account) -> None:
    """Give name and password on the page of `url` that asks for them."""
    page.goto(url)
    page.locator("[name=login]").fill(account.name)
    page.locator("[name=password]").fill(account.password)
    page.locator("main button[type=submit]").click()


def sign_out(page: Page) -> None:
    """Sign out by the menu of the workspace."""
    page.locator("nav.rail").get_by_role("button", name="Les Halles").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def add_channel(page: Page, address: str, *, name: str) -> None:
    """Add a channel spoken in French and watch it at once, from any page of the workspace."""
    page.locator("nav.rail").get_by_role("link", name="Channels").click()
    page.get_by_role("link", name="Add a channel").first.click()
    page.get_by_label("Address").fill(address)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Language spoken").select_option("fr")
    page.get_by_label("Watch it at once").check()
    page.locator("main button[type=submit]").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
