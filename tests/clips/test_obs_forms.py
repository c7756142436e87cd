import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clips.rows import make_obs, make_team
from tests.factories import NOW, make_membership
from vigie.clips.obs_forms import ObsSettingsForm, kept_password
from vigie.clips.operations import ObsForm
from vigie.people.models import Membership
from vigie.ports import ObsAddress
from vigie.runtime.sealing import seal

pytestmark = pytest.mark.django_db

STUDIO = {
    "name": "studio",
    "host": "192.168.1.20",
    "port": "4455",
    "password": " hunter2 ",
    "path_map": "C:/Replays -> /mnt/replays",
    "starts_buffer": "on",
    "is_used": "on",
}


@pytest.fixture
def ada() -> Membership:
    return make_membership("supervisor", workspace=make_team())


def test_what_was_filled_in_is_what_is_wanted(ada: Membership) -> None:
    form = ObsSettingsForm(ada, data=STUDIO)

    assert form.is_valid()
    assert form.wanted() == ObsForm("studio", "192.168.1.20", 4455, "C:/Replays -> /mnt/replays", password=" hunter2 ")
    assert form.address() == ObsAddress("192.168.1.20", 4455, " hunter2 ")


def test_no_password_means_the_one_that_is_kept(ada: Membership) -> None:
    obs = make_obs(ada.workspace, sealed_password=seal("hunter2"))
    form = ObsSettingsForm(ada, obs, STUDIO | {"password": "", "is_used": "", "starts_buffer": ""})

    assert form.is_valid()
    wanted = form.wanted()
    assert (wanted.password, wanted.is_used, wanted.starts_buffer) == (None, False, False)
    assert form.address().password == "hunter2"


def test_an_obs_is_shown_as_it_is_without_its_password(ada: Membership) -> None:
    obs = make_obs(ada.workspace, host="192.0.2.9", port=4466, sealed_password=seal("hunter2"), is_used=False)

    shown = ObsSettingsForm(ada, obs).as_p()

    for words in ("studio", "192.0.2.9", "4466", "Empty: as it was."):
        assert words in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "This field is required."),
        ("name", "x" * 81, "at most 80 characters"),
        ("name", "Attic", "Another OBS is called so."),
        ("host", "", "This field is required."),
        ("host", "ws://studio.local", "Write the address alone"),
        ("host", "studio.local:4455", "Write the address alone"),
        ("host", "studio local", "Write the address alone"),
        ("port", "", "This field is required."),
        ("port", "0", "greater than or equal to 1"),
        ("port", "65536", "less than or equal to 65535"),
        ("port", "x", "Enter a whole number."),
        ("path_map", "\nC:/Replays /mnt", "Line 2: write the folder there, ->, and the folder here."),
        ("path_map", "Replays -> /mnt", "Line 1: the folder before -> needs a whole path"),
        ("path_map", "C:/Replays -> mnt", "Line 1: the folder after -> needs a whole path"),
        ("path_map", "C:/R -> /a\nc:\\r -> /b", "Line 2: a line above maps the same folder"),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_field(ada: Membership, field: str, value: str, words: str) -> None:
    make_obs(ada.workspace, "attic")

    errors = ObsSettingsForm(ada, data=STUDIO | {field: value}).errors

    assert list(errors) == [field]
    assert words in errors[field][0]


@pytest.mark.parametrize("host", ["studio.local", "192.168.1.20", "::1", "[fe80::1]", "localhost"])
def test_an_address_is_a_name_or_a_number(ada: Membership, host: str) -> None:
    form = ObsSettingsForm(ada, data=STUDIO | {"host": host})

    assert form.is_valid()
    assert form.cleaned_data["host"] == host


@pytest.mark.parametrize("host", ["192.0.2.9", "STUDIO.local"])
def test_the_same_obs_is_not_there_twice(ada: Membership, host: str) -> None:
    twin = make_obs(ada.workspace, "attic", host=host.lower())

    assert ObsSettingsForm(ada, data=STUDIO | {"host": host}).non_field_errors() == ["“attic” is this OBS already."]
    assert ObsSettingsForm(ada, data=STUDIO | {"host": host, "port": "4456"}).is_valid()
    assert ObsSettingsForm(ada, twin, STUDIO | {"host": host, "name": "attic"}).is_valid()


def test_what_other_teams_have_and_what_was_removed_is_not_in_the_way(ada: Membership) -> None:
    make_obs(make_team(), "studio", host="192.168.1.20")
    make_obs(ada.workspace, "studio", host="192.168.1.20", removed_at=NOW)

    assert ObsSettingsForm(ada, data=STUDIO).is_valid()


@given(st.fixed_dictionaries({name: st.text(max_size=90) for name in STUDIO}))
def test_anything_is_wanted_or_told(fields: dict[str, str]) -> None:
    form = ObsSettingsForm(Membership(workspace_id=0), data=fields)

    if form.is_valid():
        assert form.wanted().port == form.address().port
    else:
        assert all(said for errors in form.errors.values() for said in errors)


def test_a_password_that_cannot_be_read_is_none(ada: Membership) -> None:
    sealed = [seal("hunter2"), "nonsense", ""]

    assert [kept_password(make_obs(ada.workspace, sealed_password=one)) for one in sealed] == ["hunter2", "", ""]
    assert kept_password(None) == ""
