"""Tampering with tickets and their rows: each column, altered alone, gives exactly these findings.

Altering two columns at once would hide that one of two proofs is missing. A column without a proof has an empty line.
"""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.factories import County, day
from tests.support.lived_county import lived_county
from tests.support.requests import answer, ask
from tests.support.tampering import NUMBERS, Expected, columns, every_column

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def county(engine: Engine, tmp_path: Path) -> County:
    """The county of the other tamperings, with one refused and one granted time request."""
    lived = lived_county(engine, tmp_path)
    refused, granted = (lived.file("town", household="A3", kind=kind, at=day(24)) for kind in ("water", "power"))
    for ticket, who in ((refused, "water"), (granted, "power")):
        lived.do(who, "accept", ticket, day(24))
    answer(lived, ask(lived, refused, day(25), until="2019-01-15"), day(26), False)
    photo = lived.bring("power", granted, day(25))
    until = {"until": "2018-12-28", "kind": "suspension", "ground": "flood"}
    answer(lived, ask(lived, granted, day(25), who="power", evidence=[photo], **until), day(26), True)
    return lived


EXPECTED: Expected = {
    "ticket": (
        "id=1",
        {
            "scheme_version_id": "row_differs ticket 1 scheme_version_id",
            "type": "day_miscounted day 2018-11-20; row_differs ticket 1 type",
            "state": "row_differs ticket 1 state",
            "version": "row_differs ticket 1 version",
            "episode": "row_differs ticket 1 episode",
            "household_id": "row_differs ticket 1 household_id",
            "village_id": "row_differs ticket 1 village_id",
            "duty_unit_id": "row_differs ticket 1 duty_unit_id",
            "duty_code": "row_differs ticket 1 duty_code",
            "period": "row_differs ticket 1 period",
            "in_village_id": "row_differs ticket 1 in_village_id",
            "town_id": "day_miscounted day 2018-11-20; row_differs ticket 1 town_id",
            "matter_id": "row_differs ticket 1 matter_id",
            "finding_id": "row_differs ticket 1 finding_id",
            "subject_unit_id": "row_differs ticket 1 subject_unit_id",
            "candidate_id": "row_differs ticket 1 candidate_id",
            "filed_unit_id": "row_differs ticket 1 filed_unit_id",
            "source": "row_differs ticket 1 source",
            "source_reference": "row_differs ticket 1 source_reference",
            "kind": "row_differs ticket 1 kind",
            "cause": "row_differs ticket 1 cause",
            "urgent": "row_differs ticket 1 urgent",
            "description": "row_differs ticket 1 description",
            "filed_at": "row_differs ticket 1 filed_at",
            "filed_by_id": "row_differs ticket 1 filed_by_id",
            "filed_as": "row_differs ticket 1 filed_as",
            "relapse_of_id": "row_differs ticket 1 relapse_of_id",
            "route": "row_differs ticket 1 route",
            "route_labour": "row_differs ticket 1 route_labour",
            "lead_unit_id": "row_differs ticket 1 lead_unit_id",
            "confirmer_unit_id": "row_differs ticket 1 confirmer_unit_id",
            "may_decline": "row_differs ticket 1 may_decline",
            "declines": "row_differs ticket 1 declines",
            "proposed_kind": "row_differs ticket 1 proposed_kind",
            "proposed_cause": "row_differs ticket 1 proposed_cause",
            "extensions": "row_differs ticket 1 extensions",
            "hard_stop": "row_differs ticket 1 hard_stop",
            "cap_at": "row_differs ticket 1 cap_at",
            "holder_unit_id": "row_differs ticket 1 holder_unit_id",
            "due_at": "row_differs ticket 1 due_at",
            "resolved_at": "row_differs ticket 1 resolved_at",
            "resolved_by_unit_id": "row_differs ticket 1 resolved_by_unit_id",
            "closed_by_unit_id": "row_differs ticket 1 closed_by_unit_id",
            "visited_on": "row_differs ticket 1 visited_on",
            "ended_at": "row_differs ticket 1 ended_at",
            "false_closings": "row_differs ticket 1 false_closings",
            "relapses": "row_differs ticket 1 relapses",
        },
    ),
    "custody": (
        "ticket_id = 1 AND seq = 2",
        {
            "ticket_id": "custodies_differ ticket 1; custody_gap ticket 1 custody 3; day_miscounted day 2018-11-22",
            "seq": (
                "custodies_differ ticket 1; custody_gap ticket 1 custody 1002; "
                "custody_gap ticket 1 custody 3; day_miscounted day 2018-11-22; holder_missing ticket 1"
            ),
            "episode": "custody_differs ticket 1 custody 2",
            "tenure_id": "custody_differs ticket 1 custody 2 tenure; day_miscounted day 2018-11-22",
            "unit_id": "custody_differs ticket 1 custody 2; custody_differs ticket 1 custody 2 leader",
            "stage": "custody_differs ticket 1 custody 2",
            "began_at": (
                "custody_differs ticket 1 custody 2; custody_differs ticket 1 custody 2 leader; "
                "custody_gap ticket 1 custody 2"
            ),
            "due_at": "custody_differs ticket 1 custody 2",
            "granted": "custody_differs ticket 1 custody 2",
            "account": "custody_differs ticket 1 custody 2",
            "ended_at": "custody_differs ticket 1 custody 2; custody_gap ticket 1 custody 3",
            "verdict": "custody_differs ticket 1 custody 2",
            "minutes": "custody_differs ticket 1 custody 2",
            "late_minutes": "custody_differs ticket 1 custody 2",
            "handler_id": "custody_differs ticket 1 custody 2",
            "leader_id": "custody_differs ticket 1 custody 2 leader",
        },
    ),
    "tenure": (
        "id=(SELECT tenure_id FROM custody WHERE ticket_id = 1 AND seq = 2)",
        {
            "ticket_id": (
                "custody_differs ticket 1 custody 2 tenure; custody_differs ticket 1 custody 4 tenure; "
                "custody_differs ticket 1 custody 5 tenure; custody_differs ticket 1 custody 7 tenure; "
                "tenures_differ ticket 1"
            ),
            "episode": (
                "custody_differs ticket 1 custody 2 tenure; custody_differs ticket 1 custody 4 tenure; "
                "custody_differs ticket 1 custody 5 tenure; custody_differs ticket 1 custody 7 tenure; "
                "tenures_differ ticket 1"
            ),
            "unit_id": (
                "custody_differs ticket 1 custody 2 tenure; custody_differs ticket 1 custody 4 tenure; "
                "custody_differs ticket 1 custody 5 tenure; custody_differs ticket 1 custody 7 tenure; "
                "tenures_differ ticket 1"
            ),
            "purpose": (
                "custody_differs ticket 1 custody 2 tenure; custody_differs ticket 1 custody 4 tenure; "
                "custody_differs ticket 1 custody 5 tenure; custody_differs ticket 1 custody 7 tenure; "
                "tenures_differ ticket 1"
            ),
            "round": (
                "custody_differs ticket 1 custody 2 tenure; custody_differs ticket 1 custody 4 tenure; "
                "custody_differs ticket 1 custody 5 tenure; custody_differs ticket 1 custody 7 tenure; "
                "tenures_differ ticket 1"
            ),
            "budget_minutes": "tenure_differs ticket 1 tenure 3 budget_minutes; timer_differs tenure 3",
            "used_minutes": "tenure_differs ticket 1 tenure 3 used_minutes; timer_differs tenure 3",
            "accept_budget_minutes": "tenure_differs ticket 1 tenure 3 accept_budget_minutes",
            "accept_used_minutes": "tenure_differs ticket 1 tenure 3 accept_used_minutes",
            "rung": "tenure_differs ticket 1 tenure 3 rung; timer_differs tenure 3",
            "accept_rung": "tenure_differs ticket 1 tenure 3 accept_rung",
            "next_at": "timer_differs tenure 3",
            "next_what": "timer_differs tenure 3",
        },
    ),
    "charge": (
        "id=1",
        {
            "custody_id": "charge_missing ticket 1",
            "unit_id": "charge_forged ticket 1; charge_missing ticket 1",
            "minutes": "charge_forged ticket 1; charge_missing ticket 1",
            "ground": "charge_forged ticket 1; charge_missing ticket 1",
            "at": "charge_forged ticket 1; charge_missing ticket 1",
        },
    ),
    "party": (
        "standing='assisting'",
        {
            "ticket_id": "party_differs ticket 1; row_differs party 1",
            "unit_id": "party_differs ticket 1; row_differs party 1",
            "standing": "party_differs ticket 1; row_differs party 1",
            "since": "row_differs party 1",
        },
    ),
    "evidence": (
        "id = 1",
        {
            "ticket_id": "row_differs evidence 1",
            "checkup_id": "evidence_differs evidence 1",
            "unit_id": "evidence_differs evidence 1",
            "uploaded_by_id": "evidence_differs evidence 1",
            "uploaded_at": "evidence_differs evidence 1",
            "sha256": "bytes_missing evidence 1; evidence_differs evidence 1",
            "size": "evidence_differs evidence 1",
            "media_type": "evidence_differs evidence 1",
            "filename": "evidence_differs evidence 1",
            "taken_at": "evidence_differs evidence 1",
            "latitude": "evidence_differs evidence 1",
            "longitude": "evidence_differs evidence 1",
            "look": "look_differs evidence 1; row_differs evidence 1",
            "thumbnail": "bytes_missing evidence 1; evidence_differs evidence 1",
            "resembles": "row_differs evidence 1",
        },
    ),
    "time_request": (
        "id=2",
        {
            "ticket_id": "requests_differ ticket 6",
            "custody_id": "request_differs ticket 6 request 2",
            "tenure_id": "request_differs ticket 6 request 2 custody",
            "unit_id": "request_differs ticket 6 request 2; request_differs ticket 6 request 2 custody",
            "kind": "request_differs ticket 6 request 2",
            "asked_at": "request_differs ticket 6 request 2",
            "asked_by_id": "request_differs ticket 6 request 2",
            "ground": "request_differs ticket 6 request 2",
            "wanted_until": "request_differs ticket 6 request 2",
            "reason": "request_differs ticket 6 request 2",
            "plan": "request_differs ticket 6 request 2",
            "evidence": "request_differs ticket 6 request 2",
            "asked_of_id": "request_differs ticket 6 request 2",
            "answer_due_at": "request_differs ticket 6 request 2",
            "status": "request_differs ticket 6 request 2",
            "answered_at": "request_differs ticket 6 request 2",
            "answered_by_id": "request_differs ticket 6 request 2",
            "granted_until": "request_differs ticket 6 request 2",
            "answer": "request_differs ticket 6 request 2",
        },
    ),
    "downtime": (
        "id=1",
        {
            "began_at": (
                "downtime_differs downtime 2017-11-05T01:00:00.000000+00:00; "
                "downtime_differs downtime 2018-11-24T10:00:00.000000+00:00"
            ),
            "ended_at": (
                "downtime_differs downtime 2018-11-24T10:00:00.000000+00:00; "
                "downtime_differs downtime 2018-11-24T10:00:00.000000+00:00"
            ),
        },
    ),
}
OTHERS = {"time_request": {"evidence": NUMBERS}, "evidence": {"resembles": NUMBERS}}


def test_whatever_column_of_a_ticket_and_what_belongs_to_it_is_altered_is_found_and_nothing_else(
    county: County, tmp_path: Path
) -> None:
    assert every_column(county.engine, tmp_path, EXPECTED, OTHERS) == columns(EXPECTED)
