"""Anchors: a block head kept outside the database shows whether the history is as it was, was rewritten, or was put back."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models import Block, Ranking
from models.row_changes import RECORDED
from reports import anchor as printed
from tests.support.factories import County, day, settle_county
from tests.support.tampering import unguarded
from tests.support.verify import findings, findings_after
from workflow.actors import system
from workflow.errors import BadInput, NotAllowed
from workflow.history import anchors, sealing


@pytest.fixture
def county(engine: Engine) -> County:
    """A county with two tickets, each sealed into a block of its own."""
    county = settle_county(engine)
    for number in (0, 1):
        county.file(household=f"A{number + 1}")
        with county.write() as session:
            sealing.seal_all(session, day(number))
    return county


def _heads(county: County) -> list[anchors.Anchor]:
    with county.read() as session:
        return [anchors.Anchor(line.number, line.hash) for line in reversed(anchors.blocks(session, system()))]


def _verdict(county: County, anchor: anchors.Anchor) -> str:
    with county.read() as session:
        return anchors.compare(session, system(), anchor).verdict


def test_an_untouched_block_is_as_printed_and_its_first_characters_name_it(county: County) -> None:
    for head in _heads(county):
        assert _verdict(county, head) == "as_printed"
        typed = anchors.anchor_of(f" {head.number} ", head.hash[:10].upper() + " " + head.hash[10:20])
        assert _verdict(county, typed) == "as_printed"
        assert _verdict(county, anchors.Anchor(head.number, "0" * 16)) == "differs"


def test_a_history_rewritten_with_all_its_hashes_differs_from_its_anchor(county: County, engine: Engine) -> None:
    _, last = _heads(county)
    with unguarded(engine, "event", "block") as connection:
        # The forger computes the block again, so that it agrees with the forged event.
        connection.execute(text("UPDATE event SET hash = :hash WHERE block_id = 2"), {"hash": "a" * 64})
        block = connection.execute(text("SELECT prev_hash, total, rows, events FROM block WHERE number = 2")).one()
        forged = sealing.block_hash(2, day(1), ["a" * 64] * block[3], block[0], block[1], block[2])
        connection.execute(text("UPDATE block SET hash = :hash WHERE number = 2"), {"hash": forged})
        connection.commit()
    assert _verdict(county, last) == "differs"
    assert _verdict(county, anchors.Anchor(2, forged)) == "as_printed"


def test_a_block_whose_events_were_altered_differs_though_its_own_row_was_left(county: County, engine: Engine) -> None:
    first, _ = _heads(county)
    with unguarded(engine, "event", "block") as connection:
        connection.execute(text("UPDATE event SET hash = :hash WHERE id = 1"), {"hash": "a" * 64})
        connection.commit()
    assert _verdict(county, first) == "differs"


def test_a_database_put_back_to_an_older_day_lacks_the_block_and_later_has_another(
    county: County, engine: Engine
) -> None:
    first, last = _heads(county)
    with unguarded(engine, "event", "event_secret", "block", "outbox") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        for table in ("event_secret", "outbox"):
            connection.execute(text(f"DELETE FROM {table} WHERE event_id IN (SELECT id FROM event WHERE block_id = 2)"))
        connection.execute(text("DELETE FROM event WHERE block_id = 2"))
        connection.execute(text("DELETE FROM block WHERE number = 2"))
        connection.commit()
    assert (_verdict(county, first), _verdict(county, last)) == ("as_printed", "not_there")
    county.file(kind="power")
    with county.write() as session:
        sealing.seal_all(session, day(2))
    assert (_verdict(county, first), _verdict(county, last)) == ("as_printed", "differs")


def test_the_printed_qr_holds_the_anchor_and_the_ranking(county: County) -> None:
    _, head = _heads(county)
    content = {"block": [head.number, head.hash], "formula": "f"}
    row = Ranking(on=date(2018, 11, 10), edition=2, hash="b" * 64, content=content)
    scanned = anchors.anchor_in(printed.text(row))
    assert scanned == anchors.Anchor(2, head.hash, anchors.Snapshot(date(2018, 11, 10), 2, "b" * 64))
    with county.read() as session:
        compared = anchors.compare(session, system(), scanned)
    assert (compared.verdict, compared.snapshot, compared.holds) == ("as_printed", "not_there", False)


@pytest.mark.parametrize(
    "said", ["", "block 1", "block 1 abc", f"block 0 {'0' * 64}", f"block {'9' * 30} {'a' * 64}", f"block 1 {'a' * 65}"]
)
def test_a_text_without_an_anchor_is_refused(said: str) -> None:
    with pytest.raises(BadInput) as refused:
        anchors.anchor_in(said)
    assert refused.value.field == "text"


@pytest.mark.parametrize(("number", "digest"), [("0", "a" * 64), ("x", "a" * 64), ("1", "a" * 15), ("1", "g" * 64)])
def test_a_number_or_a_hash_that_is_none_is_refused(number: str, digest: str) -> None:
    with pytest.raises(BadInput):
        anchors.anchor_of(number, digest)


def test_anchors_are_compared_by_those_who_hold_the_papers(county: County) -> None:
    with county.read() as session:
        for role in ("inspectorate", "office", "leaders"):
            assert len(anchors.blocks(session, county.people[role])) == 2
        for role in ("town", "admin", "village"):
            with pytest.raises(NotAllowed):
                anchors.blocks(session, county.people[role])


def test_a_block_counts_the_events_so_far_and_the_rows_of_the_recorded_tables(county: County) -> None:
    with county.read() as session:
        blocks = session.query(Block).order_by(Block.number).all()
        assert [block.total for block in blocks] == [blocks[0].events, blocks[0].events + blocks[1].events]
        rows = sealing.counted(blocks[1].rows)
        assert rows.keys() == RECORDED.keys()
        assert rows["household"] == session.scalar(text("SELECT count(*) FROM household"))


def test_a_cut_at_the_end_of_the_history_is_found(county: County, engine: Engine, tmp_path: Path) -> None:
    assert findings(county, tmp_path) == set()
    last = "(SELECT max(id) FROM event)"
    cut = [f"DELETE FROM event_secret WHERE event_id = {last}", f"DELETE FROM event WHERE id = {last}"]
    assert "block_altered" in findings_after(engine, tmp_path, cut)
    assert findings_after(engine, tmp_path, ["UPDATE block SET total = total - 1 WHERE number = 2"]) == {
        "block_altered"
    }
    assert findings_after(engine, tmp_path, ["UPDATE block SET rows = '' WHERE number = 2"]) == {"block_altered"}


def test_a_cut_block_is_found_by_what_names_it(county: County, engine: Engine, tmp_path: Path) -> None:
    _, last = _heads(county)
    draw = (
        "INSERT INTO spot_draw (id, scheme_version_id, month, drawn_at, algorithm, block_number, block_hash, seed, population,"
        f" population_hash, drawn) SELECT 1, id, '2018-11', loaded_at, 'x', 2, '{last.hash}', 'x', 0, 'x', 0"
        " FROM scheme_version"
    )
    cut = ["UPDATE event SET block_id = NULL WHERE block_id = 2", "DELETE FROM block WHERE number = 2"]
    assert "block_missing" not in findings_after(engine, tmp_path, [draw])
    assert "block_missing" in findings_after(engine, tmp_path, [draw, *cut])
