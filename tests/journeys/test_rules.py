"""A rule is written from an example, tried on what was recorded, put in force; it acts, and its clip is watched."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.looks import DESK, flaws
from tests.journeys.product import Product
from tests.journeys.visitor import account_of, open_the_live, sign_in

BEGUN = re.compile(r"^([2-9]\d|\d{3,})(\.|$)")
"""Seconds of the live that must be there before a rule is tried on it: 20."""
COMMON = "le, la, tout, salut, bonsoir, the, is, you, hello, live"
"""Words of which the simulated audiences use one in every other line."""


@pytest.mark.chromium
def test_a_rule_is_written_tried_and_acts(demo: Product, page: Page) -> None:
    sign_in(page, demo.url, account_of(demo))
    wait_for_an_audience(demo, page)
    write_it_from_the_example(demo, page)
    see_what_it_would_have_done(page)
    put_it_in_force(page)
    assert flaws(page) == []
    page.set_viewport_size(DESK)
    open_the_clip_that_it_cut(page)
    watch_it_with_its_chat(page)
    remove_it_and_take_that_back(demo, page)
    page.close()
    assert demo.stop() == 0
    assert demo.troubles() == []


def wait_for_an_audience(demo: Product, page: Page) -> None:
    open_the_live(demo, page)
    expect(page.locator("#lanes > .lanes")).to_have_attribute("data-edge", BEGUN)


def write_it_from_the_example(demo: Product, page: Page) -> None:
    page.goto(f"{demo.url}/w/veille-estuaire/rules/")
    page.get_by_role("link", name="« clip » dans le chat").click()
    page.get_by_label("Nom de la règle").fill("Les mots de tous")
    page.get_by_label("Mots, un par ligne").fill(COMMON)
    page.get_by_role("button", name="Condition").click()
    added = page.locator("[name=if-1-kind]")
    expect(added).to_be_focused()
    added.select_option("viewers")
    page.locator("[name=if-1-viewers]").fill("plein")
    expect(page.locator("#flaw-if-1")).to_have_text("Il faut un nombre entier.")
    page.locator("button[name=drop][value=if-1]").click()
    expect(page.locator("[name=if-0-says]")).to_have_value(COMMON.replace(", ", "\n"))


def see_what_it_would_have_done(page: Page) -> None:
    expect(page.locator("#preview .big")).to_have_text(re.compile(r"Aurait agi (une|\d+) fois"))
    expect(page.locator("#effect-if-0")).to_have_text(re.compile(r"reste \d"))
    expect(page.locator("#preview .moments a.tc").first).to_be_visible()


def put_it_in_force(page: Page) -> None:
    page.locator("#preview h2").click()  # away from the fields: keys are for the page again
    page.keyboard.press("s")
    page.wait_for_url("**/rules/1/")
    expect(page.get_by_role("group", name="Mode").locator("[aria-pressed=true]")).to_have_text("Active")


def open_the_clip_that_it_cut(page: Page) -> None:
    """Its act comes into the log by itself, and leads to the clip."""
    page.get_by_role("link", name="Retour aux règles").click()
    page.get_by_role("link", name="Journal").click()
    made = page.locator("#firings a[href*='/clips/']").first
    expect(made).to_have_text("clip")
    made.click()
    ready = page.locator("#video, .standing .ready a")  # the page is open before the film is cut
    expect(ready.first).to_be_visible()
    if page.locator("#video").count() == 0:
        ready.click()


def watch_it_with_its_chat(page: Page) -> None:
    film = page.locator("#video")
    expect(film).not_to_have_js_property("readyState", 0)
    expect(page.locator("#chat > .msg").first).to_be_visible()
    page.keyboard.press(" ")
    expect(film).not_to_have_js_property("currentTime", 0)
    expect(film).to_have_js_property("paused", value=False)


def remove_it_and_take_that_back(demo: Product, page: Page) -> None:
    page.goto(f"{demo.url}/w/veille-estuaire/rules/1/")
    page.get_by_role("button", name="Supprimer la règle").click()
    expect(page.get_by_text("Pas encore de règle.")).to_be_visible()
    expect(page.get_by_role("button", name="Annuler")).to_be_visible()
    page.keyboard.press("z")
    page.wait_for_url("**/rules/1/")
    expect(page.get_by_role("group", name="Mode").locator("[aria-pressed=true]")).to_have_text("Active")
