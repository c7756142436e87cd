"""What implements each port. Dotted strings, imported on first use, so that an area never imports a vendor.

`site.bootstrap` is the only writer.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

from django.utils.module_loading import import_string

from vigie.errors import VigieError

Port = TypeVar("Port")

_factories: dict[type, Callable[[], Any]] = {}
_built: dict[type, Any] = {}


class NotProvided(VigieError):
    """Nothing implements what is needed; install the extra that brings it."""


def provide(port: type, factory: str | Callable[[], Any]) -> None:
    """Say what implements `port`: a dotted path `module.callable`, or a callable. Replaces the former one.

    A factory may return None while what it needs is missing; it is asked again the next time.
    """
    _factories[port] = factory if callable(factory) else partial(_import_and_call, factory)
    _built.pop(port, None)


def _import_and_call(path: str) -> Any:
    return import_string(path)()


def get(port: type[Port]) -> Port:
    """Return the one implementation of `port`, building it on first use. Raises NotProvided."""
    if port not in _built:
        built = _factories[port]() if port in _factories else None
        if built is None:
            raise NotProvided(f"Nothing implements {port.__name__}.")
        _built[port] = built
    return cast("Port", _built[port])


def current(port: type) -> Callable[[], Any] | None:
    """Return the factory that builds `port` now."""
    return _factories.get(port)


def find(port: type[Port]) -> Port | None:
    """Return the implementation of `port`, or None where there is none (yet)."""
    try:
        return get(port)
    except NotProvided:
        return None


def release(port: type[Port]) -> Port | None:
    """Forget the built implementation of `port` and return it, to be closed; the next `get` builds another."""
    return cast("Port | None", _built.pop(port, None))


def withdraw(port: type) -> None:
    """Forget what implements `port`."""
    _factories.pop(port, None)
    _built.pop(port, None)
