"""The options: typed, from the environment or from secret files, refused with the name of the bad one."""

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from vigie.site import options


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("VIGIE_DATA_DIR", str(tmp_path))
    options.load.cache_clear()
    yield
    options.load.cache_clear()


def test_options_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_PORT", "9000")
    monkeypatch.setenv("VIGIE_OFFLINE", "1")
    monkeypatch.setenv("DATABASE_URL", "postgres://vigie@db/vigie")
    monkeypatch.setenv("REDIS_URL", "redis://cache:6379/0")

    loaded = options.load()

    assert (loaded.port, loaded.offline) == (9000, True)
    assert (loaded.database_url, loaded.redis_url) == ("postgres://vigie@db/vigie", "redis://cache:6379/0")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VIGIE_PORT", "http"),
        ("VIGIE_PORT", "70000"),
        ("VIGIE_LOG_FORMAT", "xml"),
        ("VIGIE_DEBUG", "2"),
        ("VIGIE_DEFAULT_LANGUAGE", "tlh"),
        ("VIGIE_TIME_ZONE", "Middle/Earth"),
        ("VIGIE_TIME_ZONE", "../etc"),
        ("VIGIE_EMAIL_URL", "smtp://mail:twenty-five"),
        ("DATABASE_URL", "vigie"),
        ("DATABASE_URL", "mysql://vigie@db/vigie"),
        ("DATABASE_URL", "postgres://vigie@db:port/vigie"),
        ("DATABASE_URL", "postgres://[::1/vigie"),
        ("REDIS_URL", "cache:6379"),
        ("REDIS_URL", "redis://cache:0/0"),
        ("VIGIE_PUBLIC_URL", "vigie.example.org"),
        ("VIGIE_PUBLIC_URL", "ftp://vigie.example.org"),
        ("VIGIE_PUBLIC_URL", "https://"),
        ("VIGIE_PUBLIC_URL", "https://:8000"),
        ("VIGIE_PUBLIC_URL", "https://example.org/vigie"),
        ("VIGIE_PUBLIC_URL", "https://example.org/?vigie"),
        ("VIGIE_TRUSTED_PROXIES", "nginx"),
        ("VIGIE_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("VIGIE_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/33"),
        ("VIGIE_TIKTOK_SIGN_URL", "sign.example.org"),
        ("VIGIE_MODEL_HUB", "hub.example.org"),
        ("VIGIE_SPEECH_LAG_SKIP_S", "0"),
        ("VIGIE_TIKTOK_SIGN_PER_MINUTE", "-1"),
        ("VIGIE_REPLAY_FOLDERS", "/mnt/replays,Videos"),
    ],
)
def test_options_name_the_bad_variable_in_one_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(options.BadOptions) as refusal:
        options.load()

    assert str(refusal.value).startswith(f"{name}: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_url", "http://localhost:8000"),
        ("public_url", "https://vigie.example.org/"),
        ("public_url", "https://[2001:db8::1]"),
        ("trusted_proxies", "127.0.0.1"),
        ("model_hub", "http://mirror.example.org/hub"),
        ("trusted_proxies", " 10.0.0.0/8 , ::1,"),
        ("trusted_proxies", "*"),
    ],
)
def test_addresses_that_can_be_reached_are_taken_as_they_are(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"VIGIE_{name.upper()}", value)

    assert getattr(options.load(), name) == value


def test_options_do_not_repeat_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://vigie:hunter2@db:port/vigie")
    with pytest.raises(options.BadOptions) as refusal:
        options.load()
    assert "hunter2" not in str(refusal.value)

    monkeypatch.setenv("DATABASE_URL", "postgres://vigie:hunter2@db/vigie")
    assert "hunter2" not in repr(options.load())


@pytest.mark.parametrize("name", ["twitch_client_secret", "secret_key_fallbacks"])
def test_a_secret_is_read_from_a_file_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / "given").write_text("hunter2\n")
    monkeypatch.setenv(f"VIGIE_{name.upper()}_FILE", str(tmp_path / "given"))

    assert getattr(options.load(), name) == "hunter2"
    assert "hunter2" not in repr(options.load())


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIGIE_DATA_DIR", "VIGIE_PORT", "VIGIE_OFFLINE"):
        monkeypatch.setenv(name, "")

    loaded = options.load()

    assert (loaded.data_dir, loaded.port, loaded.offline) == (
        options.Options.model_fields["data_dir"].default,
        8000,
        False,
    )


def test_a_data_folder_that_cannot_be_one_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("VIGIE_DATA_DIR", str(tmp_path / "file" / "data"))

    with pytest.raises(options.BadOptions, match=r"^VIGIE_DATA_DIR: .*data cannot be a folder \(Not a directory\)$"):
        options.load().data_folder()


def test_a_new_data_folder_is_for_its_owner_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It holds the sound of lives and, on SQLite, the database."""
    monkeypatch.setenv("VIGIE_DATA_DIR", str(tmp_path / "new" / "data"))

    folder = options.load().data_folder()

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_signing_key_is_made_once_and_kept_for_the_owner_only(tmp_path: Path) -> None:
    first = options.load().signing_key()
    options.load.cache_clear()

    assert options.load().signing_key() == first
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_programs_that_start_at_the_same_moment_have_one_signing_key() -> None:
    together = Barrier(8)

    def start(_number: int) -> str:
        together.wait()
        return options.Options().signing_key()

    with ThreadPoolExecutor(8) as programs:
        [key] = set(programs.map(start, range(8)))

    assert len(key) >= 50


def test_a_start_that_was_cut_short_leaves_no_empty_signing_key(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch(mode=0o600)

    assert len(options.load().signing_key()) >= 50


@pytest.mark.parametrize("content", [b"\xff\xfe", b" \n"])
def test_a_signing_key_that_cannot_be_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret_key").write_bytes(content)

    with pytest.raises(options.BadOptions, match=r"^VIGIE_DATA_DIR: .*secret_key (is empty|cannot be read.*)$"):
        options.load().signing_key()
    assert (tmp_path / "secret_key").read_bytes() == content


def test_signing_key_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "given"
    secret.write_text("from a secret file\n")
    monkeypatch.setenv("VIGIE_SECRET_KEY_FILE", str(secret))

    loaded = options.load()

    assert loaded.signing_key() == "from a secret file"
    assert "from a secret file" not in repr(loaded)


def test_models_folder_is_in_the_data_folder_unless_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert options.load().models_folder() == tmp_path / "models"
    monkeypatch.setenv("VIGIE_MODELS_DIR", "/srv/models")
    options.load.cache_clear()
    assert options.load().models_folder() == Path("/srv/models")


@pytest.mark.parametrize(
    ("variable", "secret"),
    [
        ("DATABASE_URL", "postgres://vigie:password@db/vigie"),
        ("REDIS_URL", "rediss://:password@cache/0"),
        ("VIGIE_EMAIL_URL", "smtp://user:password@mail"),
    ],
)
def test_addresses_with_a_password_may_lie_in_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, secret: str
) -> None:
    (tmp_path / "given").write_text(f"{secret}\n")
    monkeypatch.setenv(f"{variable}_FILE", str(tmp_path / "given"))

    loaded = options.load()

    assert getattr(loaded, variable.removeprefix("VIGIE_").lower()) == secret


def test_an_empty_secret_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "given").write_text("\n")
    monkeypatch.setenv("VIGIE_SECRET_KEY_FILE", str(tmp_path / "given"))

    with pytest.raises(options.BadOptions, match=r"^VIGIE_SECRET_KEY_FILE: .*given is empty$"):
        options.load()


def test_a_secret_file_that_is_not_there_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VIGIE_EMAIL_URL_FILE", str(tmp_path / "nowhere"))

    with pytest.raises(options.BadOptions, match=r"^VIGIE_EMAIL_URL_FILE: .*nowhere cannot be read"):
        options.load()
