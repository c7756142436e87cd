"""What our scripts make of what the server sends: the page and its socket are real, the server is a few lines."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import django_htmx
import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

import vigie.site

pytestmark = pytest.mark.chromium

SITE = "http://vigie.test"
SCRIPTS = Path(vigie.site.__file__).parent / "static" / "vigie"
HTMX = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
SHELL = """<!doctype html>
<html lang="en" data-zone="America/New_York" data-theme="system">
<script src="/static/theme.js"></script><script src="/static/htmx.js" defer></script>
<script src="/static/app.js" type="module"></script>
<body>{body}
<dialog id="keys"><section data-keys data-walk="next, previous"></section></dialog>
<div id="toasts" data-offline="no connection" data-refused="refused"></div><p id="offline" hidden>offline</p>
<template id="toast"><div class="toast-undo"><span>…</span></div></template>
<template id="toast-undo">
<div class="toast-undo"><span>…</span><b data-left></b><button data-key="z">Undo</button></div>
</template>
"""
WORDS = '<div id="words" data-merge data-topic="words:1 live:1" data-resync="/words/">{lines}</div>'


def line(at: int, text: str = "") -> str:
    return f'<p id="line-{at}" data-at="{at}">{text or at}</p>'


@dataclass
class Server:
    """Answers one page, its scripts, its regions and its socket."""

    page: Page
    regions: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    followed: list[list[str]] = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None
    sockets: list[WebSocketRoute] = field(default_factory=list)
    is_up: bool = True
    answers: bool = True
    seq: int = 0

    def show(self, body: str) -> None:
        self.page.route(f"{SITE}/**", lambda route: self.answer(route, body))
        self.page.route_web_socket(f"{SITE.replace('http', 'ws')}/ws/", self.connect)
        self.page.goto(SITE + "/")

    def answer(self, route: Route, body: str) -> None:
        path = route.request.url.removeprefix(SITE)
        if path == "/":
            route.fulfill(body=SHELL.format(body=body), content_type="text/html")
        elif path.startswith("/static/"):
            name = path.removeprefix("/static/")
            route.fulfill(path=HTMX if name == "htmx.js" else SCRIPTS / name, content_type="text/javascript")
        else:
            self.asked.append(f"{route.request.method} {path}")
            self.before_answer()
            if not self.answers:
                route.abort()
                return
            route.fulfill(body=self.regions.get(path, ""), content_type="text/html")

    def connect(self, socket: WebSocketRoute) -> None:
        if not self.is_up:
            socket.close()
            return
        self.sockets.append(socket)
        socket.on_message(lambda message: self.follow(socket, str(message)))

    def follow(self, socket: WebSocketRoute, message: str) -> None:
        topics = json.loads(message)["follow"]
        self.followed.append(topics)
        socket.send(json.dumps({"followed": topics}))

    def push(self, target: str, swap: str, html: str = "", *, skipped: int = 0) -> None:
        self.seq += 1 + skipped
        frame = {"topic": "words:1", "sender": "a", "seq": self.seq}
        self.sockets[-1].send(json.dumps(frame | {"items": [{"target": target, "swap": swap, "html": html}]}))


@pytest.fixture
def server(page: Page) -> Server:
    return Server(page)


@pytest.fixture
def unsteady(browser: Browser) -> Iterator[Server]:
    """A server that may stop answering, of which the browser complains."""
    context = browser.new_context()
    yield Server(context.new_page())
    context.close()


@pytest.fixture
def open_page(server: Server) -> Callable[[str], None]:
    """Show some lines, and wait until the page follows them and has asked for them once."""

    def show(*lines: str) -> None:
        server.regions["/words/"] = "".join(lines)
        with server.page.expect_response("**/words/"):
            server.show(WORDS.format(lines="".join(lines)))

    return show


def test_a_page_follows_its_topics_and_asks_once_for_what_it_missed(
    server: Server, open_page: Callable[..., None]
) -> None:
    open_page(line(1))

    assert server.followed == [["words:1", "live:1"]]
    assert server.asked == ["GET /words/"]


def test_lines_are_placed_in_their_order(server: Server, open_page: Callable[..., None]) -> None:
    open_page(line(10), line(30))

    server.push("words", "append", line(40))
    server.push("words", "append", line(20))

    expect(server.page.locator("#words > *")).to_have_text(["10", "20", "30", "40"])


def test_a_line_that_is_there_is_renewed_in_its_place(server: Server, open_page: Callable[..., None]) -> None:
    open_page(line(10), line(20))

    server.push("words", "append", line(10, "ten, transcribed after all"))

    expect(server.page.locator("#words > *")).to_have_text(["ten, transcribed after all", "20"])


def test_parts_are_replaced_and_removed(server: Server, open_page: Callable[..., None]) -> None:
    open_page(line(10), line(20))

    server.push("line-10", "replace", line(10, "judged"))
    server.push("line-20", "remove")

    expect(server.page.locator("#words > *")).to_have_text(["judged"])


def test_what_is_not_on_the_page_is_left_alone(server: Server, open_page: Callable[..., None]) -> None:
    open_page(line(10))

    server.push("elsewhere", "replace", line(99))
    server.push("words", "append", line(20))

    expect(server.page.locator("#words > *")).to_have_text(["10", "20"])


def test_a_hole_in_the_numbers_makes_the_region_ask_again(server: Server, open_page: Callable[..., None]) -> None:
    open_page(line(10))
    server.push("words", "append", line(20))
    expect(server.page.locator("#line-20")).to_be_visible()
    server.regions["/words/"] = line(10) + line(20) + line(30) + line(40)

    server.push("words", "append", line(40), skipped=1)

    expect(server.page.locator("#words > *")).to_have_text(["10", "20", "30", "40"])
    assert server.asked == ["GET /words/"] * 2


def test_an_answer_does_not_undo_what_was_told_while_it_was_awaited(
    server: Server, open_page: Callable[..., None]
) -> None:
    def tell() -> None:
        server.push("line-10", "replace", line(10, "judged"))
        server.push("line-20", "remove")

    server.before_answer = tell

    open_page(line(10), line(20))

    expect(server.page.locator("#words > *")).to_have_text(["judged"])


def test_a_region_that_answers_with_itself_takes_its_own_place(server: Server) -> None:
    region = '<div id="standing" data-topic="live:1" data-resync="/standing/" data-resync-swap="outerHTML">{}</div>'
    server.regions["/standing/"] = region.format("taken")

    server.show(region.format("free"))

    expect(server.page.locator("#standing")).to_have_text("taken")


def test_a_repeated_number_changes_nothing(server: Server, open_page: Callable[..., None]) -> None:
    open_page(line(10))
    server.push("words", "append", line(20))

    server.sockets[-1].send(json.dumps({"topic": "words:1", "sender": "a", "seq": server.seq, "items": []}))
    server.push("words", "append", line(30))

    expect(server.page.locator("#line-30")).to_be_visible()
    assert server.asked == ["GET /words/"]


def test_merging_keeps_what_the_reader_loaded_before(server: Server, open_page: Callable[..., None]) -> None:
    open_page(line(10), line(20))
    server.push("words", "append", line(30))
    expect(server.page.locator("#line-30")).to_be_visible()
    server.regions["/words/"] = line(20, "judged") + line(30) + line(40)

    server.push("words", "append", line(40), skipped=5)

    expect(server.page.locator("#words > *")).to_have_text(["10", "judged", "30", "40"])


def test_a_hole_too_long_to_fill_does_not_look_like_silence(server: Server, open_page: Callable[..., None]) -> None:
    open_page(line(10), line(20))
    server.push("words", "append", line(30))
    expect(server.page.locator("#line-30")).to_be_visible()
    server.regions["/words/"] = line(900) + line(910)

    server.push("words", "append", line(910), skipped=50)

    expect(server.page.locator("#words > *")).to_have_text(["900", "910"])


@pytest.mark.parametrize("code", [1001, 4401])  # the server stops; a session made way for another one
def test_a_lost_connection_is_taken_up_again_and_the_page_asks_for_what_it_missed(
    code: int, server: Server, open_page: Callable[..., None]
) -> None:
    open_page(line(10))
    server.regions["/words/"] = line(10) + line(20)

    server.sockets[-1].close(code=code)

    expect(server.page.locator("#words > *")).to_have_text(["10", "20"])
    assert len(server.sockets) == 2
    expect(server.page.locator("#offline")).to_be_hidden()


def test_a_connection_that_stays_lost_is_told(server: Server, open_page: Callable[..., None]) -> None:
    open_page(line(10))
    server.is_up = False

    server.sockets[-1].close()
    expect(server.page.locator("#offline")).to_be_visible(timeout=10_000)

    server.is_up = True
    expect(server.page.locator("#offline")).to_be_hidden(timeout=20_000)


def test_pushed_moments_are_put_on_the_readers_clock(server: Server, open_page: Callable[..., None]) -> None:
    open_page(line(10))

    moment = '<time datetime="2026-11-20T20:14:18+00:00" data-clock="{}">20:14:18</time>'
    server.push("words", "append", f'<p id="a">{moment.format("time")} {moment.format("day")}</p>')

    expect(server.page.locator("#a")).to_have_text("15:14:18 20 Nov 15:14")


def test_keys_press_buttons_and_walk_lists_but_not_while_typing(server: Server) -> None:
    server.show(
        '<input id="box"><button data-key="n" onclick="this.dataset.pressed = 1">Next</button>'
        '<ul data-list><li id="a" data-row tabindex="-1">a</li><li id="b" data-row tabindex="-1">b</li></ul>'
    )
    page = server.page

    page.locator("#box").press("n")
    assert page.locator("button[data-pressed]").count() == 0
    page.locator("#box").blur()
    page.keyboard.press("Control+n")
    assert page.locator("button[data-pressed]").count() == 0
    page.keyboard.press("n")
    assert page.locator("button[data-pressed]").count() == 1
    for key, row in (("j", "a"), ("j", "b"), ("j", "b"), ("k", "a")):
        page.keyboard.press(key)
        expect(page.locator(f"#{row}")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_have_text("J Knext, previousNNext")


def test_a_toast_can_be_undone_by_its_key(server: Server) -> None:
    server.show("<p>page</p>")
    page = server.page
    detail = {"text": "Dismissed.", "undo": "/undo/", "seconds": 10}

    page.evaluate(
        "detail => document.body.dispatchEvent(new CustomEvent('vigie:toast', {bubbles: true, detail}))", detail
    )
    expect(page.locator("#toasts")).to_contain_text("Dismissed.")
    with page.expect_request("**/undo/"):
        page.keyboard.press("z")

    expect(page.locator("#toasts > *")).to_have_count(0)
    assert server.asked == ["POST /undo/"]


def test_an_undo_that_was_not_answered_can_be_tried_again(unsteady: Server) -> None:
    unsteady.show("<p>page</p>")
    page = unsteady.page
    detail = {"text": "Dismissed.", "undo": "/undo/", "seconds": 10}
    toasts = page.locator("#toasts > *")
    page.evaluate("detail => document.dispatchEvent(new CustomEvent('vigie:toast', {detail}))", detail)

    unsteady.answers = False
    page.keyboard.press("z")
    expect(toasts).to_have_count(2)
    expect(toasts.last).to_have_text("no connection")

    unsteady.answers = True
    page.keyboard.press("z")
    expect(toasts).to_have_count(1)
    assert unsteady.asked == ["POST /undo/", "POST /undo/"]


def test_a_region_that_got_no_answer_asks_again(unsteady: Server) -> None:
    unsteady.answers = False
    unsteady.regions["/words/"] = line(1) + line(2)
    with unsteady.page.expect_event("requestfailed"):
        unsteady.show(WORDS.format(lines=line(1)))

    unsteady.answers = True

    expect(unsteady.page.locator("#line-2")).to_be_visible(timeout=20_000)


def test_what_is_new_in_the_queue_is_shown_from_its_top(server: Server) -> None:
    rows = "".join(f'<li id="alert-{n}" data-row tabindex="-1"><p style="height:90px">{n}</p></li>' for n in range(30))
    news = '<a href="#" hx-get="/alerts/" hx-select="#main" hx-target="#main" hx-swap="outerHTML show:window:top"'
    page = f'<main id="main">{news} data-key="n">New</a><ol id="queue" data-list>{{}}{rows}</ol></main>'
    server.regions["/alerts/"] = page.format('<li id="alert-new" data-row tabindex="-1">new</li>')
    server.show(page.format("") + '<script src="/static/queue.js" type="module"></script>')
    server.page.locator("#alert-20").focus()

    server.page.keyboard.press("n")

    expect(server.page.locator("#alert-new")).to_be_focused()
    expect(server.page.locator("#alert-new")).to_have_class("on")
    expect(server.page.locator("main > a")).to_be_in_viewport()


def test_the_theme_chosen_here_holds_until_the_profile_changes(server: Server) -> None:
    server.page.emulate_media(color_scheme="light")
    server.show("<button data-theme-toggle>theme</button>")
    root = server.page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")

    server.page.locator("button").click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    server.page.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")
