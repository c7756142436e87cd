"""A real OBS: Debian's obs-studio on a display of Xvfb, with its replay buffer running.

OBS listens on every interface, as it knows no way not to: so it gets a network namespace of its own, and is reached at
a free port of this machine. Where nobody may make one, it listens on that port itself. It has a password of its own.
Its display, home and settings are its own too, so that several run beside each other, as root or as anybody else.
"""

import json
import os
import secrets
import socket
from collections.abc import Mapping
from configparser import RawConfigParser
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen
from threading import Event, Thread
from typing import Self

from tests import own_network
from tests.programs import needed

START_S = 60.0
READY = "Server started successfully", "==== Replay Buffer Start"
GREEN = {"width": 640, "height": 360, "color": 0xFF00FF00}
BUFFER_S = 5
COMMAND = (
    *("--multi", "--minimize-to-tray", "--disable-updater", "--disable-missing-files-check"),
    *("--profile", "vigie", "--collection", "vigie", "--startreplaybuffer"),
)


class RealObs:
    """`with RealObs(folder) as obs`: it can be connected to, and replays can be saved."""

    def __init__(self, folder: Path, *, replay_seconds: int = BUFFER_S) -> None:
        """Keep everything in `folder`. The test is skipped, or fails where CI=true, when a program is missing."""
        self.password = secrets.token_hex(8)
        self.replays = folder / "replays"
        self.log = folder / "obs.log"
        self.address = _free_address()
        self._programs = needed("obs"), needed("Xvfb")
        self._folder = folder
        self._seconds = replay_seconds
        self._way_in: Popen[bytes] | None = None

    def start(self) -> None:
        """Return once it listens and its replay buffer runs."""
        home = self._folder
        environment = {
            **{name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ},
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_RUNTIME_DIR": str(home / "run"),
            "DISPLAY": self._display,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "LC_ALL": "C.UTF-8",
        }
        command = *self._network(), self._programs[0], *COMMAND
        self._obs = Popen(command, env=environment, stdout=PIPE, stderr=STDOUT, cwd=home, text=True)
        is_ready = Event()
        self._listening = Thread(target=self._listen, args=(self._obs, is_ready))
        self._listening.start()
        if not is_ready.wait(START_S) or self._obs.poll() is not None:
            raise RuntimeError(f"OBS did not start:\n{self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End it as a crash does."""
        for program in (self._way_in, self._obs):
            if program:
                program.kill()
                program.wait()
        self._listening.join()

    def restart(self) -> None:
        """Start it again at the same address, after a crash."""
        self.kill()
        self.start()

    def __enter__(self) -> Self:
        self._write_settings()
        read_end, write_end = os.pipe()
        with os.fdopen(read_end) as told:
            chosen = "-displayfd", str(write_end), "-screen", "0", "640x480x24", "-nolisten", "tcp"
            self._screen = Popen([self._programs[1], *chosen], pass_fds=[write_end], stdout=DEVNULL, stderr=DEVNULL)
            os.close(write_end)
            self._display = f":{told.readline().strip()}"
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._screen.terminate()
        self._screen.wait()

    def _network(self) -> tuple[str, ...]:
        """Return what gives OBS a network of its own, and let it be reached there."""
        if not own_network.can_be_made():
            return ()
        door = self._folder / "door"
        door.unlink(missing_ok=True)
        with socket.create_server(self.address) as listener:
            self._way_in = own_network.way_in(listener, door)
        return own_network.around(door, self.address[1])

    def _listen(self, obs: "Popen[str]", is_ready: Event) -> None:
        """Write down what OBS tells of itself, until it ends."""
        missing = set(READY)
        with obs, self.log.open("a") as log:
            for line in obs.stdout or ():
                log.write(line)
                log.flush()
                missing -= {words for words in missing if words in line}
                if not missing:
                    is_ready.set()
        is_ready.set()

    def _write_settings(self) -> None:
        settings = self._folder / ".config" / "obs-studio"
        own = settings / "basic/profiles/vigie", settings / "basic/scenes"
        for folder in (self.replays, self._folder / "run", *own):
            folder.mkdir(parents=True, mode=0o700)
        _write_ini(settings / "global.ini", self._global())
        _write_ini(settings / "basic/profiles/vigie/basic.ini", self._profile())
        (settings / "basic/scenes/vigie.json").write_text(json.dumps(_scene()))

    def _global(self) -> Mapping[str, Mapping[str, object]]:
        return {
            "General": {"FirstRun": "true", "LastVersion": 486539266, "EnableAutoUpdates": "false"},
            "Basic": dict.fromkeys(("Profile", "ProfileDir", "SceneCollection", "SceneCollectionFile"), "vigie"),
            "OBSWebSocket": {
                "FirstLoad": "false",
                "ServerEnabled": "true",
                "ServerPort": self.address[1],
                "AuthRequired": "true",
                "ServerPassword": self.password,
                "AlertsEnabled": "false",
            },
        }

    def _profile(self) -> Mapping[str, Mapping[str, object]]:
        """Return small pictures, encoded fast; a keyframe each second keeps replays as short as asked."""
        return {
            "General": {"Name": "vigie"},
            "Output": {"Mode": "Simple", "FilenameFormatting": "%CCYY-%MM-%DD %hh-%mm-%ss"},
            "SimpleOutput": {
                "FilePath": self.replays,
                "RecFormat": "mp4",
                "RecQuality": "Stream",
                "VBitrate": 500,
                "StreamEncoder": "x264",
                "Preset": "ultrafast",
                "UseAdvanced": "true",
                "x264Settings": "keyint=30",
                "RecRB": "true",
                "RecRBTime": self._seconds,
                "RecRBSize": 64,
                "RecRBPrefix": "Replay",
            },
            "Video": {"BaseCX": 640, "BaseCY": 360, "OutputCX": 640, "OutputCY": 360, "FPSCommon": 30},
        }


def _free_address() -> tuple[str, int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return "127.0.0.1", probe.getsockname()[1]


def _write_ini(path: Path, sections: Mapping[str, Mapping[str, object]]) -> None:
    ini = RawConfigParser()
    ini.optionxform = str  # type: ignore[method-assign, assignment] # names are told apart by case
    ini.read_dict(sections)
    with path.open("w") as file:
        ini.write(file, space_around_delimiters=False)


def _scene() -> Mapping[str, object]:
    """Return a collection with one scene: a green screen."""
    item = {"id": 1, "name": "Color", "visible": True, "scale": {"x": 1.0, "y": 1.0}}
    scene = {"id": "scene", "name": "Scene", "settings": {"id_counter": 1, "items": [item]}}
    color = {"id": "color_source", "versioned_id": "color_source_v3", "name": "Color", "settings": GREEN}
    return {
        "name": "vigie",
        "current_scene": "Scene",
        "current_program_scene": "Scene",
        "scene_order": [{"name": "Scene"}],
        "sources": [scene, color],
    }
