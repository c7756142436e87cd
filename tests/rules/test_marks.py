import pytest

from tests.factories import make_workspace
from tests.rules.rows import make_firing, make_rule, on_air, spec
from vigie.rules import marks, queries
from vigie.rules.marks import MarkOptions
from vigie.watch.models import LiveMark

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("since_s", "at_s", "stretch"),
    [(5.0, 10.0, (5.0, 10.0)), (10.0, 10.0, (10.0, 10.0)), (-3.0, 2.0, (0.0, 2.0)), (-3.0, -1.0, (0.0, 0.0))],
)
@pytest.mark.parametrize(("label", "shown"), [("", "Clip it"), ("Look", "Look")])
def test_a_mark_stands_from_where_it_began(
    since_s: float, at_s: float, stretch: tuple[float, float], label: str, shown: str
) -> None:
    workspace = make_workspace()
    live = on_air(workspace)
    firing = make_firing(make_rule(workspace, spec()), live, since_s=since_s, at_s=at_s)

    marks.place_mark(queries.fired(firing.pk), MarkOptions(label=label))

    mark = LiveMark.objects.get()
    assert (mark.live, mark.kind, (mark.from_s, mark.to_s), mark.label) == (live, "rule", stretch, shown)


def test_a_label_is_not_endless() -> None:
    with pytest.raises(ValueError, match="120"):
        MarkOptions(label="x" * 121)
