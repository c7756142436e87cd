"""Both ways of the benchmark of chats store them."""

import pytest

from bench import chat


@pytest.mark.parametrize(("way", "is_looked_at"), [("in_batches", False), ("in_batches", True), ("one_by_one", False)])
def test_each_way_stores_messages(way: str, *, is_looked_at: bool) -> None:
    assert chat.apart(way, 60, is_looked_at=is_looked_at) > 0.0
