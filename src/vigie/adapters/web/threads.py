"""Blocking calls into vendor code, each in a thread of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


def beside(work: Callable[[], Result], *, name: str) -> "asyncio.Future[Result]":
    """Return what `work` will return, or raise. The end of the program does not wait for it: such a call may hang."""
    done: Future[Result] = Future()
    done.set_running_or_notify_cancel()  # from now on nobody can cancel it

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 -- handed to whoever waits
            done.set_exception(error)
        else:
            done.set_result(result)

    Thread(target=run, name=name, daemon=True).start()
    return asyncio.wrap_future(done)
