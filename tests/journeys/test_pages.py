"""Every page, in French and in English: accessible, within the screen, silent in the console."""

import base64
import hmac
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import addresses
from tests.journeys.looks import flaws
from tests.journeys.product import Product, started
from tests.journeys.visitor import Account, account_of, fill_in_account, fill_in_sign_in, sign_in, silent_page

LOCALES = {"fr": "fr-FR", "en": "en-GB"}
ROBIN = Account("robin", "quatre petits chats gris")


def test_every_address_is_looked_at_or_named_as_no_page() -> None:
    tables = (
        *(addresses.INSIDE, addresses.OUTSIDE, addresses.LINKS),
        *(addresses.MADE, addresses.SECOND_FACTOR, addresses.NO_PAGES),
    )
    assert {name for table in tables for name in table} == addresses.names()


# ── who looks ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with started("demo", tmp_path_factory.mktemp("pages"), open_signup="true") as product:
        yield product


@pytest.fixture(scope="module")
def readers(house: Product, browser: Browser) -> Iterator[dict[str, Page]]:
    """Sign in the French reader of the demo, who invites an English one; both come when there is something to see."""
    with silent_page(browser, LOCALES["fr"]) as french, silent_page(browser, LOCALES["en"]) as english:
        sign_in(french, house.url, account_of(house))
        english.goto(invite(french, house))
        fill_in_account(english, ROBIN)
        english.locator("main button[type=submit]").click()
        expect(english.locator("#rail-alerts")).to_have_text(re.compile("[1-9]"))
        yield {"fr": french, "en": english}


def invite(page: Page, house: Product) -> str:
    """Return the link that lets an administrator in, and is shown by the page."""
    page.goto(f"{house.url}/{addresses.INSIDE['people']}")
    form = page.locator("form", has=page.locator("[name=email]"))
    role = form.locator("option", has_text=re.compile("^Administrat")).get_attribute("value")
    form.locator("[name=role]").select_option(role)
    form.locator("button[type=submit]").click()
    return page.locator("#issued-link").input_value()


@pytest.fixture(params=LOCALES)
def language(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def reader(readers: dict[str, Page], language: str) -> Page:
    """A page of somebody who signed in."""
    return readers[language]


@pytest.fixture
def stranger(browser: Browser, language: str) -> Iterator[Page]:
    with silent_page(browser, LOCALES[language]) as page:
        yield page


# ── what they see ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.chromium
@pytest.mark.parametrize("name", addresses.INSIDE)
def test_page_of_a_reader(reader: Page, house: Product, language: str, name: str) -> None:
    assert sound(reader, f"{house.url}/{addresses.INSIDE[name]}") == (language, [])


@pytest.mark.chromium
@pytest.mark.parametrize("name", addresses.OUTSIDE)
def test_page_of_a_stranger(stranger: Page, house: Product, language: str, name: str) -> None:
    assert sound(stranger, f"{house.url}/{addresses.OUTSIDE[name]}") == (language, [])


def sound(page: Page, address: str) -> tuple[str | None, list[str]]:
    """Return the language of a page and what is wrong with its look."""
    page.goto(address)
    assert page.url == address
    return page.locator("html").get_attribute("lang"), flaws(page)


@pytest.mark.chromium
@pytest.mark.parametrize("view", ["high", "mine", "decided"])
def test_views_of_the_queue(reader: Page, house: Product, language: str, view: str) -> None:
    assert sound(reader, f"{house.url}/{addresses.INSIDE['alerts']}?view={view}") == (language, [])


@pytest.mark.chromium
def test_a_webhook_that_was_added_and_tried(reader: Page, house: Product, language: str) -> None:
    """Add a webhook that leads nowhere: its secret is shown, and that it could not be reached."""
    reader.goto(f"{house.url}/{addresses.INSIDE['webhooks']}")
    reader.locator("[name=url]").fill(f"http://127.0.0.1:9/{language}")
    reader.locator("main form button[type=submit]").last.click()
    expect(reader.locator("#secret")).to_have_value(re.compile("^whsec_"))
    assert flaws(reader) == []

    reader.locator("[data-key=t]").click()
    reader.locator("summary", has_text="test").click()
    expect(reader.locator("details[open]")).to_contain_text("msg_")
    assert flaws(reader) == []


@pytest.mark.chromium
def test_the_bell_shows_what_happened(reader: Page, house: Product, language: str) -> None:
    reader.goto(f"{house.url}/{addresses.INSIDE['health']}")
    reader.locator(".bell").click()
    expect(reader.locator("#latest a").first).to_be_visible()
    assert flaws(reader) == []

    reader.keyboard.press("Escape")
    expect(reader.locator("#latest")).to_be_hidden()


@pytest.mark.chromium
def test_a_way_out_of_mails_that_was_cut_short(stranger: Page, house: Product, language: str) -> None:
    assert sound(stranger, f"{house.url}/notices/unsubscribe/cut-short/") == (language, [])


@pytest.mark.chromium
def test_pages_of_an_empty_workspace(reader: Page, house: Product, language: str) -> None:
    """Create a workspace: each list says that it is empty, and what to do."""
    reader.goto(f"{house.url}/{addresses.INSIDE['workspace-add']}")
    reader.locator("[name=name]").fill(f"Vide {language}")
    reader.locator("main button[type=submit]").click()
    reader.wait_for_url(f"{house.url}/w/vide-{language}/wall/")
    for page in ("wall", "lives", "alerts", "channels"):
        assert sound(reader, f"{house.url}/w/vide-{language}/{page}/")[1] == []
        expect(reader.locator("main .empty").first).to_be_visible()
        expect(reader.locator("main .empty .btn").first).to_be_visible()


@pytest.mark.chromium
def test_pages_of_the_first_administrator(up: Product, stranger: Page) -> None:
    link = up.wait_for("First administrator").split()[-1]
    assert sound(stranger, link)[1] == []
    assert sound(stranger, f"{up.url}/setup/used-up/")[1] == []


@pytest.mark.chromium
def test_pages_of_an_invitation(reader: Page, stranger: Page, house: Product) -> None:
    link = invite(reader, house)
    assert flaws(reader) == []
    assert sound(reader, link)[1] == []
    assert sound(stranger, link)[1] == []


@pytest.mark.chromium
def test_pages_of_a_forgotten_password(stranger: Page, house: Product) -> None:
    printed = len(house.printed)
    stranger.goto(f"{house.url}/{addresses.OUTSIDE['account_reset_password']}")
    stranger.locator("[name=email]").fill("demo@example.org")
    stranger.locator("main button[type=submit]").click()
    link = house.wait_for("/password/reset/key/", after=printed).strip()
    stranger.goto(link)
    expect(stranger.locator("[name=password1]")).to_be_visible()
    assert flaws(stranger) == []
    assert sound(stranger, f"{house.url}/accounts/password/reset/key/1-used/")[1] == []


@pytest.mark.chromium
def test_pages_of_trouble(stranger: Page, house: Product) -> None:
    assert sound(stranger, f"{house.url}/nowhere/")[1] == []
    assert sound(stranger, f"{house.url.replace('127.0.0.1', 'vigie.localhost')}/")[1] == []
    stranger.goto(f"{house.url}/{addresses.OUTSIDE['account_login']}")
    stranger.context.clear_cookies()
    stranger.locator("[name=login]").fill("demo")
    stranger.locator("[name=password]").fill("demo")
    stranger.locator("main button[type=submit]").click()
    expect(stranger.locator("main .btn-primary[href='/']")).to_be_visible()
    assert flaws(stranger) == []


@pytest.mark.chromium
def test_what_opens_over_a_page(reader: Page, house: Product) -> None:
    reader.goto(f"{house.url}/{addresses.INSIDE['lives']}")
    reader.keyboard.press("?")
    assert flaws(reader) == []
    reader.keyboard.press("Escape")
    reader.locator("nav.rail .last").click()
    assert flaws(reader) == []
    reader.goto(f"{house.url}/{addresses.INSIDE['channel']}")
    reader.locator("[data-open=remove]").click()
    assert flaws(reader) == []


@pytest.mark.chromium
def test_pages_of_the_policy_at_work(reader: Page, house: Product) -> None:
    reader.goto(f"{house.url}/{addresses.INSIDE['policy']}")
    reader.locator("form[hx-post] [name=text]").fill("Les Roms sont de la vermine.")
    reader.locator("form[hx-post] button[type=submit]").click()
    expect(reader.locator("#trial")).not_to_be_empty()
    assert flaws(reader) == []
    reader.goto(f"{house.url}/{addresses.INSIDE['policy-edit']}")
    reader.locator("button[hx-post]").click()
    expect(reader.locator("#changes")).not_to_be_empty()
    assert flaws(reader) == []


# ── the second factor ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.chromium
@pytest.mark.usefixtures("readers")  # they have the accounts
def test_pages_of_a_second_factor(stranger: Page, house: Product, browser: Browser, language: str) -> None:
    """Set it up, look at each page that only those have who use it, and give it up again."""
    account = account_of(house) if language == "fr" else ROBIN
    page_of = {name: f"{house.url}/{path}" for name, path in addresses.SECOND_FACTOR.items()}
    sign_in(stranger, house.url, account)
    stranger.goto(page_of["mfa_activate_totp"])
    stranger.locator("[name=password]").fill(account.password)  # asked again before the lock is changed
    stranger.locator("main button[type=submit]").click()
    expect(stranger.locator("img.qr")).to_be_visible()
    assert flaws(stranger) == []
    set_up_second_factor(stranger)
    with silent_page(browser, LOCALES[language]) as other:
        fill_in_sign_in(other, house.url, account)
        other.wait_for_url(page_of["mfa_authenticate"])
        assert flaws(other) == []
    for name in ("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_reauthenticate", "mfa_deactivate_totp"):
        assert sound(stranger, page_of[name])[1] == []
    stranger.locator("main button[type=submit]").click()
    expect(stranger.locator("a[href$='second-factor/app/']")).to_be_visible()


def set_up_second_factor(page: Page) -> None:
    """Give the code of the app, and the next one where its 30 s were over before it arrived."""
    secret, code = page.locator("code").inner_text(), page.locator("[name=code]")
    while code.is_visible():
        code.fill(totp(secret, time.time()))
        with page.expect_navigation():
            page.locator("main button[type=submit]").click()


def totp(secret: str, now_s: float) -> str:
    """Return what an authenticator app shows: RFC 6238 with SHA-1, 30 s, six digits."""
    mac = hmac.digest(base64.b32decode(secret), int(now_s // 30).to_bytes(8), "sha1")
    place = mac[-1] & 15
    return f"{(int.from_bytes(mac[place : place + 4]) & 0x7FFFFFFF) % 1_000_000:06}"
