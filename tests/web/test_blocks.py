"""Page of the sealed blocks: whoever holds a paper compares it with the history, by hand or from its QR."""

from collections.abc import Callable

import pytest

from models import Block
from tests.support.factories import day
from tests.support.http_clients import Api, Visitor
from workflow.history import sealing

pytestmark = pytest.mark.one_database("postgresql")

Visit = Callable[..., Visitor]


@pytest.fixture
def head(api: Api) -> str:
    """The hash of the only block of a county with one ticket."""
    api.file()
    with api.county.write() as session:
        block = sealing.seal(session, day(0))
        assert block is not None
        return block.hash


def test_a_paper_is_compared_by_hand_and_by_its_qr(visit: Visit, head: str) -> None:
    for who in ("inspectorate", "office", "leaders"):
        visitor = visit(who)
        for query in ({"block": "1", "hash": head[:16]}, {"text": f"snapshot x\nblock 1 {head}"}):
            page = visitor.get("/blocks", query_string=query)
            assert ("alert-success" in page.text, "第1批与所印一致" in page.text) == (True, True)
        other = visitor.get("/blocks", query_string={"block": "1", "hash": "a" * 64}).text
        assert ("alert-danger" in other, "第1批与所印不一致" in other) == (True, True)
        gone = visitor.get("/blocks", query_string={"block": "7", "hash": head}).text
        assert "第7批已不存在，现最后一批为第1批" in gone


def test_what_cannot_be_read_is_refused_at_its_input_and_kept(visit: Visit, head: str) -> None:
    visitor = visit("inspectorate")
    for query, shown in (
        ({"block": "1", "hash": "12zz"}, "12zz"),
        ({"block": "one", "hash": head}, head),
        ({"text": "nothing of it"}, "nothing of it"),
    ):
        answer = visitor.get("/blocks", query_string=query)
        assert answer.status_code == 422
        assert "invalid-feedback" in answer.text
        # Said once, at the input.
        assert "alert-danger" not in answer.text
        assert shown in answer.text


def test_the_list_names_every_block_and_is_paged(api: Api, visit: Visit, head: str) -> None:
    with api.county.write() as session:
        for number in range(2, 55):
            session.add(
                Block(
                    number=number,
                    sealed_at=day(0),
                    events=0,
                    prev_hash=head,
                    hash=f"{number:064d}",
                    total=None,
                    rows=None,
                )
            )
    visitor = visit("office")
    first = visitor.get("/blocks").text
    assert ("第54批" in first, "第4批" in first, head in first) == (True, False, False)
    assert '"/blocks?before=5"' in first
    second = visitor.get("/blocks?before=5").text
    assert ("第4批" in second, "第1批" in second, head in second) == (True, True, True)


@pytest.mark.parametrize("who", ["village", "town", "water", "admin"])
def test_others_are_sent_to_those_who_compare(visit: Visit, who: str) -> None:
    assert visit(who).get("/blocks").status_code == 403
