from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.simulators.twitch.clients import Caller
from vigie.simulators.twitch import TwitchServer

BACK = "http://127.0.0.1:9/back"
SCOPE = "user:read:chat clips:edit"


def authorize_url(server: TwitchServer, **more: str) -> str:
    asked = {"client_id": server.client_id, "redirect_uri": BACK, "response_type": "code", "scope": SCOPE}
    return server.url("oauth2/authorize?" + urlencode({**asked, "state": "s1", **more}))


def told(answer: httpx.Response) -> dict[str, str]:
    """Return what a redirection brings back."""
    assert answer.status_code == 302, answer.text
    address = urlsplit(answer.headers["location"])
    assert address._replace(query="").geturl() == BACK
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def ask_token(server: TwitchServer, client: httpx.Client, **form: str) -> httpx.Response:
    known = {"client_id": server.client_id, "client_secret": server.client_secret}
    return client.post(server.url("oauth2/token"), data={**known, **form})


def exchange(server: TwitchServer, client: httpx.Client, **form: str) -> httpx.Response:
    code = told(client.get(authorize_url(server, **{"as": "zoe_live"})))["code"]
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return ask_token(server, client, **{**asked, **form})


def validate(server: TwitchServer, client: httpx.Client, token: str, kind: str = "OAuth") -> httpx.Response:
    return client.get(server.url("oauth2/validate"), headers={"Authorization": f"{kind} {token}"})


# ── consent ──


def test_the_page_has_one_button_that_leads_back(server: TwitchServer, client: httpx.Client) -> None:
    server.visit("max")
    page = client.get(authorize_url(server))
    assert (page.status_code, page.text.count("<button"), "max" in page.text) == (200, 1, True)

    asked = dict(httpx.URL(authorize_url(server)).params)
    back = told(client.post(server.url("oauth2/authorize"), data={**asked, "decision": "allow"}))

    assert (back["state"], back["scope"], bool(back["code"])) == ("s1", SCOPE, True)


def test_consent_can_be_refused(steady: TwitchServer, client: httpx.Client) -> None:
    assert told(client.get(authorize_url(steady, **{"as": ""}))) == {
        "error": "access_denied",
        "error_description": "The user denied you access",
        "state": "s1",
    }


@pytest.mark.parametrize(("force", "status"), [("false", 302), ("true", 200)])
def test_who_consented_before_is_not_asked_again_unless_they_must(
    server: TwitchServer, client: httpx.Client, force: str, status: int
) -> None:
    server.grant("1001")

    assert client.get(authorize_url(server, force_verify=force)).status_code == status


def test_people_may_leave_scopes_out(server: TwitchServer, client: httpx.Client) -> None:
    server.settings.refused_scopes = frozenset({"clips:edit"})

    assert exchange(server, client).json()["scope"] == ["user:read:chat"]


@pytest.mark.parametrize(
    "wrong", [{"client_id": "x"}, {"response_type": "magic"}, {"redirect_uri": ""}, {"as": "nobody"}]
)
def test_a_wrong_request_for_consent_leads_nowhere(
    steady: TwitchServer, client: httpx.Client, wrong: dict[str, str]
) -> None:
    assert client.get(authorize_url(steady, **wrong)).status_code == 400


def test_nobody_consents_where_nobody_is(client: httpx.Client) -> None:
    with TwitchServer() as empty:
        assert client.get(authorize_url(empty)).json()["message"] == "nobody is logged in"


def test_what_the_page_shows_is_escaped(steady: TwitchServer, client: httpx.Client) -> None:
    page = client.get(authorize_url(steady, scope="<b>", state='"><script>')).text

    assert "<b>" not in page
    assert "<script>" not in page


# ── tokens ──


def test_a_code_is_worth_a_token_once(server: TwitchServer, client: httpx.Client) -> None:
    code = told(client.get(authorize_url(server, **{"as": "zoe_live"})))["code"]

    first, second = (exchange(server, client, code=code) for _ in range(2))

    token = first.json()
    assert (token["token_type"], token["scope"]) == ("bearer", SCOPE.split())
    assert 14_000 < token["expires_in"] <= 14_400
    assert Caller(server, client, server.grant("1001")).get("users")["data"][0]["id"] == "1001"
    assert second.json() == {"status": 400, "message": "Invalid authorization code"}


@pytest.mark.parametrize(
    ("form", "status", "message"),
    [
        ({"client_id": "x"}, 400, "invalid client"),
        ({"client_secret": "x"}, 403, "invalid client secret"),
        ({"grant_type": "wish"}, 400, "Invalid grant type"),
        ({"grant_type": ""}, 400, "Invalid grant type"),
        ({"redirect_uri": "http://elsewhere"}, 400, "Parameter redirect_uri does not match registered URI"),
        ({"grant_type": "refresh_token"}, 400, "Invalid refresh token"),
    ],
)
def test_a_wrong_request_for_a_token_is_refused(
    steady: TwitchServer, client: httpx.Client, form: dict[str, str], status: int, message: str
) -> None:
    answer = exchange(steady, client, **form)

    assert (answer.status_code, answer.json()["status"], answer.json()["message"]) == (status, status, message)


@pytest.mark.parametrize("rotates", [False, True])
def test_a_refresh_token_may_rotate(server: TwitchServer, client: httpx.Client, *, rotates: bool) -> None:
    server.settings.rotates = rotates
    old = server.grant("1001", ["clips:edit"]).refresh
    form = {"grant_type": "refresh_token", "refresh_token": old}

    first, second = (ask_token(server, client, **form) for _ in range(2))

    assert (first.json()["refresh_token"] == old) is not rotates
    assert second.status_code == (400 if rotates else 200)


def test_a_user_who_threw_the_application_out_must_consent_anew(server: TwitchServer, client: httpx.Client) -> None:
    refresh = server.grant("1001").refresh
    server.disconnect("1001")

    answer = ask_token(server, client, grant_type="refresh_token", refresh_token=refresh)

    assert answer.json() == {"error": "Bad Request", "status": 400, "message": "Invalid refresh token"}


def test_the_application_has_a_token_of_its_own(server: TwitchServer, client: httpx.Client) -> None:
    token = ask_token(server, client, grant_type="client_credentials").json()

    assert set(token) == {"access_token", "expires_in", "token_type"}
    assert "user_id" not in validate(server, client, token["access_token"]).json()


# ── validate, revoke ──


@pytest.mark.parametrize("kind", ["OAuth", "Bearer"])
def test_a_valid_token_tells_whose_it_is(steady: TwitchServer, client: httpx.Client, kind: str) -> None:
    told_of = validate(steady, client, steady.grant("1001", ["clips:edit"]).access, kind).json()

    assert 14_000 < told_of.pop("expires_in") <= 14_400
    assert told_of == {
        "client_id": steady.client_id,
        "login": "zoe_live",
        "user_id": "1001",
        "scopes": ["clips:edit"],
    }


def test_a_token_that_is_not_valid_is_401(server: TwitchServer, client: httpx.Client) -> None:
    token = server.grant("1001").access
    server.expire(token)

    answers = [validate(server, client, token), client.get(server.url("oauth2/validate"))]
    assert [answer.json() for answer in answers] == [
        {"status": 401, "message": "invalid access token"},
        {"status": 401, "message": "missing authorization token"},
    ]


def test_a_token_is_revoked_once(server: TwitchServer, client: httpx.Client) -> None:
    form = {"client_id": server.client_id, "token": server.grant("1001").access}

    answers = [client.post(server.url("oauth2/revoke"), data=form) for _ in range(2)]
    answers.append(client.post(server.url("oauth2/revoke"), data={**form, "client_id": "x"}))

    assert [answer.status_code for answer in answers] == [200, 400, 404]
    assert answers[1].json()["message"] == "Invalid token"
