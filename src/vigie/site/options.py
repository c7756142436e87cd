"""The options of an installation: read once, typed, checked at start.

Each field is read from `VIGIE_<NAME>`; a secret may lie in a file named by `VIGIE_<NAME>_FILE`. `DATABASE_URL` and
`REDIS_URL` keep their usual names. The table in docs/reference/settings.md is made from here.
"""

import os
import secrets
from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from vigie.errors import VigieError


class BadOptions(VigieError):
    """The settings of this installation are not usable."""


class Options(BaseSettings):
    """What an operator may set."""

    model_config = SettingsConfigDict(env_prefix="VIGIE_", extra="ignore")

    data_dir: Path = Field(Path.home() / ".local" / "share" / "vigie", description="Where everything is kept.")
    secret_key: SecretStr | None = Field(
        None, description="Signs sessions; made and kept in the data folder when not given."
    )
    database_url: str = Field("", validation_alias="DATABASE_URL", description="Empty: SQLite in the data folder.")
    redis_url: str = Field("", validation_alias="REDIS_URL", description="Empty: one process, no broker.")
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
        description="Channels may lead to private addresses too: cameras and servers of your own network, this machine."
        " Not where those who add channels should not reach them.",
    )
    debug: bool = Field(default=False, description="Error pages with code; never in production.")
    open_signup: bool = Field(default=False, description="Anyone may create an account; otherwise by invitation.")
    email_url: str = Field("", description="smtp://user:password@host:port; empty: mails are printed.")
    email_from: str = Field("vigie@localhost", description="Sender of the mails.")
    default_language: str = Field(
        "fr", description="Language of visitors whose browser asks for neither French nor English."
    )
    time_zone: str = Field("Europe/Paris", description="Time zone of new accounts.")
    recognizer: str = Field("auto", description="auto, whisper, pocketsphinx or none.")
    model: str = Field("base", description="Name or folder of the speech model: see `vigie models list`.")
    models_dir: Path | None = Field(None, description="Where speech models are kept; by default in the data folder.")
    model_hub: str = Field("", description="Address of the hub that speech models come from; empty: Hugging Face.")
    offline: bool = Field(default=False, description="Never download anything.")
    speech_lag_skip_s: float = Field(
        600.0, gt=0, description="Speech that waited longer is skipped; its sound is kept."
    )
    log_format: str = Field(
        "auto", pattern="^(auto|json|console)$", description="auto: console on a terminal, else JSON."
    )

    @model_validator(mode="before")
    @classmethod
    def read_secret_files(cls, values: dict[str, object]) -> dict[str, object]:
        """Take `VIGIE_SECRET_KEY_FILE` and the like."""
        for name in ("secret_key", "email_url"):
            path = os.environ.get(f"VIGIE_{name.upper()}_FILE")
            if path:
                values[name] = _secret(path, f"VIGIE_{name.upper()}_FILE")
        return values

    def models_folder(self) -> Path:
        """Return where speech models are kept."""
        return self.models_dir or self.data_dir / "models"

    def signing_key(self) -> str:
        """Return the secret key, making one in the data folder on first use."""
        if self.secret_key:
            return self.secret_key.get_secret_value()
        path = self.data_dir / "secret_key"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text().strip()


def _secret(path: str, variable: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadOptions(f"{variable}: {path} cannot be read ({error})") from error


@cache
def load() -> Options:
    """Return the options of this process. Raises BadOptions naming each bad variable."""
    try:
        return Options()
    except ValidationError as error:
        trouble = "; ".join(f"VIGIE_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise BadOptions(trouble) from error
