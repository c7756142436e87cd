"""What implements each port. Dotted strings, imported on first use, so that an area never imports a vendor.

`site.bootstrap` is the only writer.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

from django.utils.module_loading import import_string

from vigie.errors import VigieError

Port = TypeVar("Port")

_factories: dict[tuple[type, str], Callable[[], Any]] = {}
_built: dict[tuple[type, str], Any] = {}


class NotProvided(VigieError):
    """Nothing implements what is needed; install the extra that brings it."""


def provide(port: type, factory: str | Callable[[], Any], platform: str = "") -> None:
    """Say what implements `port`: a dotted path `module.callable`, or a callable. Replaces the former one.

    Ports that each platform implements for itself are provided, and got, by the platform's key. A factory may return
    None while what it needs is missing; it is asked again the next time.
    """
    _factories[port, platform] = factory if callable(factory) else partial(_import_and_call, factory)
    _built.pop((port, platform), None)


def _import_and_call(path: str) -> Any:
    return import_string(path)()


def get(port: type[Port], platform: str = "") -> Port:
    """Return the one implementation of `port`, building it on first use. Raises NotProvided."""
    key = (port, platform)
    if key not in _built:
        built = _factories[key]() if key in _factories else None
        if built is None:
            raise NotProvided(f"Nothing implements {port.__name__}{platform and f' of {platform}'}.")
        _built[key] = built
    return cast("Port", _built[key])


def current(port: type, platform: str = "") -> Callable[[], Any] | None:
    """Return the factory that builds `port` now."""
    return _factories.get((port, platform))


def find(port: type[Port], platform: str = "") -> Port | None:
    """Return the implementation of `port`, or None where there is none (yet)."""
    try:
        return get(port, platform)
    except NotProvided:
        return None


def platforms_of(port: type) -> list[str]:
    """Return the keys of the platforms that implement `port`, sorted."""
    return sorted(platform for known, platform in _factories if known is port)


def release(port: type[Port], platform: str = "") -> Port | None:
    """Forget the built implementation of `port` and return it, to be closed; the next `get` builds another."""
    return cast("Port | None", _built.pop((port, platform), None))


def withdraw(port: type, platform: str = "") -> None:
    """Forget what implements `port`."""
    _factories.pop((port, platform), None)
    _built.pop((port, platform), None)
