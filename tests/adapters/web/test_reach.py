import pytest

from vigie.adapters.web.reach import OutOfReach, check, is_public
from vigie.ports import Reach


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_networks_of_ones_own_are_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url", ["rtmp://localhost/app", "http://127.0.0.1:8000/a.flv", "srt://[::1]:9000", "http://0/a"]
)
def test_an_address_is_looked_at_before_it_is_opened(url: str) -> None:
    check(url, Reach.NETWORK)
    with pytest.raises(OutOfReach) as caught:
        check(url, Reach.INTERNET)
    assert caught.value.permanent


def test_an_unknown_name_is_left_to_whoever_connects() -> None:
    check("rtmp://no-such-host.invalid/app", Reach.INTERNET)
