"""Photo reuse: flagged to the confirmer and the office, without telling either more than they may read."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Engine, select

from models import Evidence, LookBand, Matter, Ticket, Village
from tests.support.camera import photo, written
from tests.support.evidence import visit
from tests.support.factories import START, County, day, settle_county
from workflow import evidence
from workflow.pictures.perceptual_hash import filed_under
from workflow.tickets import attachments, photo_reuse
from workflow.tickets.views import detail


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


def bring(county: County, who: str, subject: Any, files: Path, content: bytes) -> int:
    kept = evidence.take(files, content, "photo.jpg")
    with county.write() as session:
        return attachments.add(session, county.people[who], subject, START, **kept).id


def touched_up(content: bytes) -> bytes:
    """The photo resized, compressed again and slightly cropped."""
    picture = Image.open(BytesIO(content)).convert("RGB")
    width, height = picture.size
    return written(picture.crop((15, 12, width - 15, height - 12)).resize((500, 375)), quality=60)


def reuse_shown(county: County, who: str, ticket: int) -> Any:
    with county.read() as session:
        number = session.get_one(Ticket, ticket).number
        return detail.ticket_view(session, county.people[who], number, day(1)).reused


def number_of(county: County, ticket: int) -> str:
    return county.ticket(ticket).number


def test_a_photo_of_another_ticket_is_told_to_the_confirmer_and_the_office(county: County, files: Path) -> None:
    first, second = county.file(), county.file(household="A2")
    bring(county, "water", first, files, photo(1))
    piece = bring(county, "water", second, files, touched_up(photo(1)))
    for who in ("town", "office"):
        [(at, seen)] = reuse_shown(county, who, second).items()
        assert (at, seen.tickets, seen.checkups, seen.elsewhere) == (piece, [number_of(county, first)], [], False)
        assert reuse_shown(county, who, first) == {}
    for who in ("water", "village", "leaders", "inspectorate"):
        assert reuse_shown(county, who, second) is None


def test_a_ticket_the_confirmer_may_not_see_stays_unnamed(county: County, files: Path) -> None:
    hidden, ticket = county.file("other_town", "B1"), county.file()
    bring(county, "water", hidden, files, photo(1))
    piece = bring(county, "water", ticket, files, photo(1))
    seen = reuse_shown(county, "town", ticket)[piece]
    assert (seen.tickets, seen.elsewhere) == ([], True)
    assert reuse_shown(county, "office", ticket)[piece].tickets == [number_of(county, hidden)]


def test_a_photo_of_a_checkup_is_known_again(county: County, files: Path) -> None:
    near, far = visit(county), visit(county, "far_village", "B1")
    bring(county, "village", near, files, photo(1))
    bring(county, "far_village", far, files, photo(2))
    ticket = county.file()
    pieces = [bring(county, "water", ticket, files, touched_up(photo(seed))) for seed in (1, 2)]
    seen = reuse_shown(county, "town", ticket)
    assert (seen[pieces[0]].checkups, seen[pieces[0]].elsewhere) == ([near.seen_on], False)
    assert (seen[pieces[1]].checkups, seen[pieces[1]].elsewhere) == ([], True)


def test_a_photo_of_a_ticket_is_known_again_at_a_checkup(county: County, files: Path) -> None:
    first = bring(county, "water", county.file(), files, photo(1))
    piece = bring(county, "village", visit(county), files, touched_up(photo(1)))
    with county.read() as session:
        assert session.get_one(Evidence, piece).resembles == [first]


def test_photos_of_one_ticket_and_other_photos_are_no_news(county: County, files: Path) -> None:
    first, second = county.file(), county.file(household="A2")
    bring(county, "water", first, files, photo(1))
    bring(county, "town", first, files, touched_up(photo(1)))
    bring(county, "water", second, files, photo(2))
    assert reuse_shown(county, "office", first) == reuse_shown(county, "office", second) == {}


def test_plain_photos_are_never_the_same(county: County, files: Path) -> None:
    wall = written(Image.effect_noise((600, 400), 8).convert("RGB"))
    first, second = county.file(), county.file(household="A2")
    bring(county, "water", first, files, wall)
    bring(county, "water", second, files, wall)
    assert reuse_shown(county, "office", second) == {}


def test_tickets_of_one_matter_share_a_photo_by_right(county: County, files: Path) -> None:
    tickets = [county.file(household=code) for code in ("A1", "A2", "A3")]
    with county.write() as session:
        village = session.scalars(select(Village).where(Village.code == "town-a-v1")).one()
        matter = Matter(
            village_id=village.id,
            kind="water",
            title="泵站",
            began_at=START,
            began_by_id=county.people["water"].user_id,
        )
        session.add(matter)
        session.flush()
        for ticket in tickets[:2]:
            session.get_one(Ticket, ticket).matter_id = matter.id
    for ticket in tickets:
        bring(county, "water", ticket, files, photo(1))
    assert reuse_shown(county, "office", tickets[1]) == {}
    [seen] = reuse_shown(county, "office", tickets[2]).values()
    assert seen.tickets == sorted(number_of(county, ticket) for ticket in tickets[:2])


def test_the_nearest_are_named_and_not_all(county: County, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.tickets.photo_reuse._MOST", 2)
    tickets = [county.file(household=code, kind=kind) for code in ("A1", "A2") for kind in ("water", "power")]
    pieces = [bring(county, "town", ticket, files, photo(1)) for ticket in tickets[:3]]
    last = bring(county, "town", tickets[3], files, photo(1))
    with county.read() as session:
        assert session.get_one(Evidence, last).resembles == pieces[:2]


def test_a_photo_is_sought_as_it_is_and_slightly_cut_and_its_inside_is_only_kept(county: County) -> None:
    whole, cut, inside = "f0f0f0f0f0f0f0f0", "0123456789abcdef", "5a5aa5a533cc33cc"
    alike, another = "f0f0f0f0f0f0f08f", "f0f0f0f0f0f0f00f"
    one, other = county.file("town"), county.file("town", "A2")
    kept = {look: county.bring("town", one, content=look.encode()) for look in (cut, another, inside, alike, whole)}
    with county.write() as session:
        for look, piece in kept.items():
            session.add_all(LookBand(key=key, look=look, evidence_id=piece) for key in filed_under(look))
        session.flush()
        looks = (whole, cut, inside)
        # The nearest first; eight bits away is another picture.
        found = photo_reuse.seen_before(session, looks, {"ticket_id": other}, None)
        assert found == [kept[cut], kept[whole], kept[alike]]
        assert photo_reuse.seen_before(session, looks, {"ticket_id": one}, None) == []
