"""A network of its own for a program that listens on every interface: one port of it is reached from outside.

Whoever may make a user namespace may make one. The way in is a socket file, which leads from one network into another:
`way_in` is a program in the network of the tests, and takes what comes to `listener` there; `around` begins the command
of a program in its own. Run by itself, this module is either.
"""

import asyncio
import fcntl
import socket
import struct
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from shutil import which
from subprocess import DEVNULL, Popen

SELF = (sys.executable, str(Path(__file__).resolve()))
UNSHARE = ("unshare", "--map-root-user", "--net", "--pid", "--fork", "--kill-child")
GET_FLAGS, SET_FLAGS, UP = 0x8913, 0x8914, 1
"""Of Linux: netdevice(7)."""

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@cache
def can_be_made() -> bool:
    """Tell whether this machine lets us make one."""
    return bool(which("unshare")) and subprocess.run([*UNSHARE, "true"], stderr=DEVNULL, check=False).returncode == 0


def around(door: Path, port: int) -> tuple[str, ...]:
    """Return what stands before a command that gets a network of its own; whoever comes through `door` finds `port`."""
    return *UNSHARE, *SELF, "inside", str(door), str(port)


def way_in(listener: socket.socket, door: Path) -> "Popen[bytes]":
    """Lead whoever connects with `listener` through a door, until killed."""
    descriptor = listener.fileno()
    return Popen([*SELF, "outside", str(door), str(descriptor)], pass_fds=[descriptor])


async def inside(door: str, port: str, *command: str) -> int:
    """Run a command, and return how it ended."""
    _turn_loopback_on()
    async with await asyncio.start_unix_server(_leading(lambda: asyncio.open_connection("127.0.0.1", int(port))), door):
        program = await asyncio.create_subprocess_exec(*command)
        return await program.wait()


async def outside(door: str, descriptor: str) -> int:
    """Take connections for ever."""
    listener = socket.socket(fileno=int(descriptor))
    async with await asyncio.start_server(
        _leading(lambda: asyncio.open_unix_connection(door)), sock=listener
    ) as server:
        await server.serve_forever()
    return 0


def _turn_loopback_on() -> None:
    """Do what `ip link set lo up` does, which not every machine has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh", b"lo", 0)
        _, flags = struct.unpack("16sh", fcntl.ioctl(any_socket, GET_FLAGS, request))
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh", b"lo", flags | UP))


def _leading(connect: Callable[[], Awaitable[Ends]]) -> Callable[..., Awaitable[None]]:
    """Return what passes on all that one side says to the other, and back."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            other_reader, other_writer = await connect()
        except OSError:
            writer.close()
            return
        await asyncio.gather(_copy(reader, other_writer), _copy(other_reader, writer))

    return pass_on


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while said := await reader.read(2**16):
            writer.write(said)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


if __name__ == "__main__":
    role, *words = sys.argv[1:]
    sys.exit(asyncio.run(inside(*words) if role == "inside" else outside(*words)))
