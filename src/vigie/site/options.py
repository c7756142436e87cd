"""The options of an installation: read once, typed, checked at start.

Each field is read from `VIGIE_<NAME>`, a secret also from the file that `VIGIE_<NAME>_FILE` names; `DATABASE_URL`
and `REDIS_URL` keep their usual names. The table in docs/reference/settings.md is made from here.
"""

import fcntl
import os
import secrets
from functools import cache, partial
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from vigie.errors import VigieError


class BadOptions(VigieError):
    """The settings of this installation are not usable."""


SECRET = (
    "secret_key",
    "secret_key_fallbacks",
    "database_url",
    "redis_url",
    "email_url",
    "twitch_client_secret",
    "tiktok_sign_key",
    "tiktok_session_id",
)
"""What may lie in a file: each is, or holds, a password."""
ADDRESSES = {
    "database_url": ("postgres://user:password@host:port/name", {"postgres", "postgresql"}),
    "redis_url": ("redis://:password@host:port/0", {"redis", "rediss"}),
    "email_url": ("smtp://user:password@host:port or smtp+tls://…", {"smtp", "smtp+tls"}),
    "public_url": ("https://vigie.example.org", {"http", "https"}),
    "tiktok_sign_url": ("https://sign.example.org", {"http", "https"}),
    "model_hub": ("https://hub.example.org", {"http", "https"}),
}
"""What the address of each service looks like, and its schemes."""


class Options(BaseSettings):
    """What an operator may set. An empty variable counts as not set."""

    model_config = SettingsConfigDict(env_prefix="VIGIE_", env_ignore_empty=True, extra="ignore")

    data_dir: Path = Field(Path.home() / ".local" / "share" / "vigie", description="Where everything is kept.")
    secret_key: SecretStr | None = Field(
        None,
        description="Signs sessions, seals tokens and second factors; made and kept in the data folder when not given.",
    )
    secret_key_fallbacks: str = Field(
        "", repr=False, description="Former secret keys, by commas: what they signed and sealed still counts."
    )
    database_url: str = Field(
        "", validation_alias="DATABASE_URL", repr=False, description="Empty: SQLite in the data folder."
    )
    redis_url: str = Field("", validation_alias="REDIS_URL", repr=False, description="Empty: one process, no broker.")
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the web server listens on.")
    allowed_hosts: str = Field("localhost,127.0.0.1,[::1]", description="Host names the site answers to, by commas.")
    public_url: str = Field("", description="The site's address as people type it, for links in mails.")
    behind_https: bool = Field(default=False, description="A proxy speaks HTTPS in front: cookies are marked secure.")
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of the proxies in front, by commas: only they say who a visitor is"
        " (`X-Forwarded-For`), which the limits on signing in need.",
    )
    allow_private_addresses: bool = Field(
        default=False,
        description="Channels, webhooks and OBS may lead to private addresses too: cameras and servers of your own"
        " network, this machine. Not where those who add them should not reach these. An OBS on port 4455 of this"
        " machine always may be used.",
    )
    debug: bool = Field(default=False, description="Error pages with code; never in production.")
    open_signup: bool = Field(default=False, description="Anyone may create an account; otherwise by invitation.")
    email_url: str = Field(
        "",
        repr=False,
        description="smtp://user:password@host:port, or smtp+tls:// for STARTTLS; empty: mails are printed.",
    )
    email_from: str = Field("vigie@localhost", description="Sender of the mails.")
    twitch_client_id: str = Field(
        "", description="Of the application registered at dev.twitch.tv; without it Twitch cannot be connected."
    )
    twitch_client_secret: str = Field("", repr=False, description="Of the same application.")
    tiktok_sign_url: str = Field(
        "", description="The service that signs connections to TikTok chats; empty: api.eulerstream.com, a third party."
    )
    tiktok_sign_key: str = Field("", repr=False, description="Key of that service: more connections a day.")
    tiktok_sign_per_minute: float = Field(
        10.0, gt=0, description="How many connections that service may be asked for in a minute."
    )
    tiktok_session_id: str = Field(
        "", repr=False, description="The cookie `sessionid` of a TikTok account, for lives from 18: it goes to TikTok."
    )
    tiktok_share_session: bool = Field(
        default=False,
        description="The signing service may have the session id too: whoever has it can act as the account.",
    )
    default_language: str = Field(
        "fr",
        pattern="^(fr|en)$",
        description="fr or en: language of visitors whose browser asks for neither, and of what `--json` explains.",
    )
    time_zone: str = Field("Europe/Paris", description="Time zone of new accounts.")
    recognizer: str = Field(
        "auto", pattern="^(auto|whisper|pocketsphinx|none)$", description="auto, whisper, pocketsphinx or none."
    )
    model: str = Field("base", description="Name or folder of the speech model: see `vigie models list`.")
    models_dir: Path | None = Field(None, description="Where speech models are kept; by default in the data folder.")
    model_hub: str = Field("", description="Address of the hub that speech models come from; empty: Hugging Face.")
    offline: bool = Field(default=False, description="Never download anything.")
    speech_lag_skip_s: float = Field(
        600.0, gt=0, description="Speech that waited longer is skipped; its sound is kept."
    )
    clip_buffer_s: float = Field(
        120.0, ge=10, le=900, description="How many seconds of each live are kept in memory for clips."
    )
    clip_buffer_mb: int = Field(
        64, ge=4, le=4096, description="How much memory that may take for one live; a full one keeps fewer seconds."
    )
    replay_folders: str = Field(
        "",
        description="Folders that replays of OBS may be taken from, by commas; empty: the home folder of whoever runs"
        " Vigie. Only videos are taken, and nothing from the data folder.",
    )
    log_format: str = Field(
        "auto", pattern="^(auto|json|console)$", description="auto: console on a terminal, else JSON."
    )

    @model_validator(mode="before")
    @classmethod
    def read_secret_files(cls, values: dict[str, object]) -> dict[str, object]:
        """Take what lies in files: `VIGIE_SECRET_KEY_FILE`, `DATABASE_URL_FILE` and the like."""
        for name in SECRET:
            path = os.environ.get(f"{variable(name)}_FILE")
            if path:
                values[str(cls.model_fields[name].validation_alias or name)] = _secret(path, f"{variable(name)}_FILE")
        return values

    @field_validator(*ADDRESSES)
    @classmethod
    def look_like_an_address(cls, value: str, field: ValidationInfo) -> str:
        """Refuse the address of a service that could never be reached. It may hold a password: it is not repeated."""
        form, schemes = ADDRESSES[field.field_name or ""]
        if value and not _is_address(value, schemes):
            raise ValueError(f"not an address like {form}")
        return value

    @field_validator("public_url")
    @classmethod
    def be_a_whole_site(cls, value: str) -> str:
        """Refuse a page of a site: every address of ours begins at its root."""
        if urlsplit(value)._replace(scheme="", netloc="").geturl() not in {"", "/"}:
            raise ValueError("Vigie has a host name of its own, without a path behind it")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def be_addresses(cls, value: str) -> str:
        """Refuse what no proxy would ever be known by, such as a name: then all visitors would seem to be one."""
        for proxy in filter(None, map(str.strip, value.split(","))):
            try:
                _ = proxy == "*" or ip_network(proxy)
            except ValueError as error:
                raise ValueError(f"not an address or a network: {error}") from None
        return value

    @field_validator("replay_folders")
    @classmethod
    def be_whole_paths(cls, value: str) -> str:
        """Refuse folders that would depend on where Vigie was started."""
        for folder in filter(None, map(str.strip, value.split(","))):
            if not Path(folder).is_absolute():
                raise ValueError(f"not a whole path: {folder}")
        return value

    @field_validator("time_zone")
    @classmethod
    def be_a_time_zone(cls, value: str) -> str:
        """Refuse what the time zone database does not know."""
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):  # unknown, not a name at all, a folder of them
            raise ValueError(f"there is no time zone {value!r}, only those like Europe/Paris") from None
        return value

    def data_folder(self) -> Path:
        """Return where everything is kept, making it on first use, for its owner alone. Raises BadOptions."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BadOptions(f"VIGIE_DATA_DIR: {self.data_dir} cannot be a folder ({error.strerror})") from error
        return self.data_dir

    def models_folder(self) -> Path:
        """Return where speech models are kept."""
        return self.models_dir or self.data_dir / "models"

    def folders_of_replays(self) -> tuple[Path, ...]:
        """Return the folders that replays may be taken from."""
        named = tuple(Path(folder) for folder in filter(None, map(str.strip, self.replay_folders.split(","))))
        return named or (Path.home(),)

    def signing_key(self) -> str:
        """Return the secret key, making one in the data folder on first use. Raises BadOptions."""
        if self.secret_key:
            return self.secret_key.get_secret_value()
        path = self.data_folder() / "secret_key"
        if not path.exists() or not path.stat().st_size:
            _make_key(path)
        return _secret(str(path), "VIGIE_DATA_DIR")


def variable(name: str) -> str:
    """Return the variable that an option is read from."""
    return str(Options.model_fields[name].validation_alias or f"VIGIE_{name.upper()}")


def _make_key(path: Path) -> None:
    """Write a secret key, unless another process that starts at the same moment has."""
    with open(path, "a", encoding="utf-8", opener=partial(os.open, mode=0o600)) as kept:
        fcntl.flock(kept, fcntl.LOCK_EX)
        if not path.stat().st_size:
            kept.write(secrets.token_urlsafe(48))


def _is_address(value: str, schemes: set[str]) -> bool:
    try:
        scheme, host, port = (parts := urlsplit(value)).scheme, parts.hostname, parts.port
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False
    return scheme in schemes and port != 0 and (bool(host) or not scheme.startswith("http"))  # a database may be a file


def _secret(path: str, name: str) -> str:
    try:
        secret = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadOptions(f"{name}: {path} cannot be read ({getattr(error, 'strerror', error)})") from error
    if not secret:
        raise BadOptions(f"{name}: {path} is empty")
    return secret


@cache
def load() -> Options:
    """Return the options of this process. Raises BadOptions naming each bad variable."""
    try:
        return Options()
    except ValidationError as error:
        trouble = "; ".join(f"{_named(each['loc'])}: {each['msg']}" for each in error.errors())
        raise BadOptions(trouble.replace("Value error, ", "")) from error


def _named(place: tuple[int | str, ...]) -> str:
    """Return the variable of a field, which pydantic calls by its alias where it has one."""
    name = str(place[0])
    return variable(name) if name in Options.model_fields else name
