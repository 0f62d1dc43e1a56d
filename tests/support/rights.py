"""Rights oracle: who may ask each address that names an object, and of which objects, as SQL of the tests' own.

It is written from what the county's people may see and do and asks nothing of the product's code.  A condition is about an
account `u` and an object `o`; who meets it is answered anything but 403 or 404, everybody else one of these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: The objects of each kind: their address, and what the conditions ask of them.
_TICKET = "SELECT '2018-' || substr(CAST(1000000 + t.id AS text), 2, 6) AS address, t.* FROM ticket t"
_FILE = (
    "SELECT CAST(e.id AS text) AS address, e.uploaded_at, t.id, t.in_village_id, t.town_id, t.lead_unit_id, "
    "t.holder_unit_id FROM evidence e JOIN ticket t ON t.id = e.ticket_id"
)
OBJECTS = {
    "account": "SELECT CAST(id AS text) AS address, id FROM user_account WHERE active AND role = 'village'",
    "authorisation": "SELECT CAST(id AS text) AS address, unit_id FROM authorisation",
    "book": "SELECT CAST(id AS text) AS address, id FROM county_book",
    "candidate": f"{_TICKET} WHERE t.candidate_id IS NOT NULL",
    "case": "SELECT CAST(c.id AS text) AS address, c.unit_id FROM accountability_case c",
    "checkup": "SELECT CAST(c.id AS text) AS address, v.id AS in_village_id, v.town_id FROM checkup c "
    "JOIN household h ON h.id = c.household_id JOIN village v ON v.id = h.village_id",
    "change": "SELECT 'merged' AS address, 1 AS id",
    "delivery": "SELECT CAST(id AS text) AS address, id FROM delivery",
    "dossier": "SELECT h.code AS address, h.id, v.id AS in_village_id, v.town_id FROM exit_dossier d "
    "JOIN household h ON h.id = d.household_id JOIN village v ON v.id = h.village_id",
    "duty": f"{_TICKET} WHERE t.type = 'duty'",
    "file": _FILE,
    "feedback": "SELECT CAST(id AS text) AS address, id FROM feedback",
    "erasure": "SELECT CAST(id AS text) AS address, asked_by_id FROM household_erasure WHERE ended_at IS NULL",
    "gone": "SELECT h.code AS address, h.id FROM household h WHERE h.status = 'cleared' "
    "AND NOT EXISTS (SELECT 1 FROM household_erasure e WHERE e.household_id = h.id)",
    "household": "SELECT h.code AS address, h.id, v.id AS in_village_id, v.town_id "
    "FROM household h JOIN village v ON v.id = h.village_id WHERE h.status <> 'cleared'",
    "import": "SELECT CAST(id AS text) AS address, unit_id FROM register_import",
    "line": "SELECT CAST(l.id AS text) AS address, l.town_id FROM bulk_line l WHERE l.town_id IS NOT NULL",
    "list": "SELECT CAST(id AS text) AS address, id, unit_id FROM bulk_list",
    "instruction": "SELECT CAST(i.id AS text) AS address, i.unit_id, t.in_village_id, t.town_id, t.lead_unit_id, "
    "t.holder_unit_id, t.id FROM instruction i JOIN ticket t ON t.id = i.ticket_id",
    "matter": "SELECT CAST(m.id AS text) AS address, t.* FROM matter m JOIN ticket t ON t.id = "
    "(SELECT min(id) FROM ticket WHERE matter_id = m.id)",
    "measure": "SELECT 'water' AS address, 1 AS id",
    "message": "SELECT CAST(id AS text) AS address, recipient_id FROM message",
    "objection": "SELECT CAST(id AS text) AS address, id FROM ranking_objection",
    "paper": "SELECT p.number AS address, p.unit_id, t.in_village_id, t.town_id, t.lead_unit_id, t.holder_unit_id, t.id "
    "FROM paper p JOIN ticket t ON t.id = p.ticket_id",
    "person": "SELECT name AS address, id FROM user_account WHERE active AND role = 'village'",
    "picture": f"{_FILE} WHERE e.thumbnail IS NOT NULL",
    "planned": "SELECT CAST(id AS text) AS address, id FROM planned_reform",
    "post": "SELECT CAST(id AS text) AS address, id FROM post",
    "proof": "SELECT CAST(id AS text) AS address, id FROM figure_proof",
    "random": "SELECT CAST(c.id AS text) AS address, c.checker_unit_id, v.town_id FROM random_check c "
    "JOIN household h ON h.id = c.household_id JOIN village v ON v.id = h.village_id",
    "ranked": "SELECT code AS address, code AS town FROM unit WHERE code IN ('town-a', 'town-b')",
    "ranked_file": "SELECT CAST(id AS text) AS address, 'town-a' AS town FROM figure_proof",
    "ranking": "SELECT '2018-11-30' AS address, 1 AS id",
    "report": "SELECT CAST(id AS text) AS address, id FROM report",
    "request": "SELECT '2018-' || substr(CAST(1000000 + t.id AS text), 2, 6) AS address, t.*, r.id AS inner_id "
    "FROM ticket t JOIN time_request r ON r.ticket_id = t.id",
    "reset": "SELECT CAST(id AS text) AS address, id FROM reset_request",
    "robot": "SELECT CAST(id AS text) AS address, id FROM robot",
    "rung": "SELECT '2018-' || substr(CAST(1000000 + t.id AS text), 2, 6) AS address, t.*, e.id AS inner_id "
    "FROM ticket t JOIN escalation e ON e.ticket_id = t.id WHERE e.status = 'proposed'",
    "session": "SELECT CAST(min(id) AS text) AS address, user_id FROM user_session WHERE ended_at IS NULL GROUP BY user_id",
    "sheet": "SELECT 'water' AS address, id AS unit_id FROM unit WHERE code = 'water'",
    "signal": "SELECT 'water' AS address, 1 AS id",
    "spot": "SELECT CAST(id AS text) AS address, checker_unit_id FROM spot_check",
    "ticket": _TICKET,
    "token": "SELECT CAST(id AS text) AS address, user_id FROM api_token",
    "unit": "SELECT code AS address, id FROM unit",
    "view": "SELECT CAST(id AS text) AS address, user_id, unit_id, village_id FROM saved_view",
    "wording": "SELECT CAST(id AS text) AS address, unit_id FROM wording",
    "workbook": "SELECT '{workbook}' AS address, 1 AS id",
}


def of_roles(*roles: str) -> str:
    return f"u.role IN ({', '.join(repr(role) for role in roles)})"


NOBODY = "1 = 0"
#: Stands for the name of who asks, in what is given.
WHO = "{who}"
OFFICE, LEADERS, ADMIN = of_roles("office"), of_roles("leaders"), of_roles("admin")
INSPECTORATE = of_roles("inspectorate")
WIDE = of_roles("office", "leaders", "inspectorate")
ALL_BUT_ADMIN = "u.role <> 'admin'"
#: The village cadre and the town of the place.
VILLAGE = "(u.role = 'village' AND u.village_id = o.in_village_id)"
TOWN = "(u.role = 'town' AND u.unit_id = o.town_id)"
LEAD = "(u.role <> 'village' AND u.unit_id = o.lead_unit_id)"
CONFIRMER = "(u.role <> 'village' AND u.unit_id = o.confirmer_unit_id)"
#: The office, but the leading group in the office's own matters.
OVERSEER = (
    "u.role = CASE WHEN (SELECT ruled_by_leaders FROM unit WHERE id = o.lead_unit_id) THEN 'leaders' ELSE 'office' END"
)
FILER = f"(o.filed_as = 'village' AND {VILLAGE} OR o.filed_as = 'town' AND {TOWN})"
#: Who reads a ticket to the present; who reads it as far as its own part went, too: it held it, or made a spot check of it.
WORKS = "(u.role IN ('town', 'bureau') AND u.unit_id IN (o.lead_unit_id, o.holder_unit_id))"
READS = f"({WIDE} OR {VILLAGE} OR {TOWN} OR {WORKS})"
HELD = (
    "(u.role IN ('town', 'bureau') AND (EXISTS (SELECT 1 FROM custody c WHERE c.ticket_id = o.id AND c.unit_id = u.unit_id) "
    "OR EXISTS (SELECT 1 FROM spot_check c WHERE c.ticket_id = o.id AND c.checker_unit_id = u.unit_id)))"
)
SEES = f"({READS} OR {HELD})"
#: A bureau sees the household for as long as it works on a ticket of it.
WORKED_ON = (
    "(u.role = 'bureau' AND EXISTS (SELECT 1 FROM ticket t WHERE t.household_id = o.id AND t.ended_at IS NULL "
    "AND u.unit_id IN (t.lead_unit_id, t.holder_unit_id)))"
)
HOME = f"({WIDE} OR {VILLAGE} OR {TOWN} OR {WORKED_ON})"
#: Who adds to a ticket: who works on it or looks after it, not who only reads.
TAKES_PART = f"({OFFICE} OR {VILLAGE} OR {TOWN} OR {WORKS})"
BRINGS = TAKES_PART
#: Who bundles tickets: the unit that resolves them, beside town and office.
BUNDLES = f"({OFFICE} OR {TOWN} OR {LEAD})"
#: A file of a ticket is read like the ticket: up to one's own part in it by who has handed it on.
SEES_FILE = (
    f"({READS} OR u.role IN ('town', 'bureau') AND (EXISTS (SELECT 1 FROM custody c WHERE c.ticket_id = o.id "
    "AND c.unit_id = u.unit_id AND c.ended_at >= o.uploaded_at) OR EXISTS (SELECT 1 FROM spot_result r "
    "WHERE r.ticket_id = o.id AND r.unit_id = u.unit_id AND r.at >= o.uploaded_at)))"
)
OWN, OWN_UNIT = "u.id = o.user_id", "(u.role <> 'village' AND u.unit_id = o.unit_id)"
ABOUT_ITS_UNIT = OWN_UNIT
#: A view of the ticket list is read and kept by its maker, or by the people of the unit or village that share it.
KEEPS_VIEW = (
    "(o.unit_id IS NULL AND u.id = o.user_id OR u.role = 'village' AND u.village_id = o.village_id "
    f"OR o.village_id IS NULL AND {OWN_UNIT})"
)
BUREAU = "u.role = 'bureau'"
CHECKER = "(u.role = 'town' AND u.unit_id = o.checker_unit_id)"
_CODE = "(SELECT code FROM unit WHERE id = u.unit_id)"
#: Who may look behind a ranked figure: its town, the unit that reports it and those it is an indicator of.
MEASURED = f"({WIDE} OR u.role = 'town' AND {_CODE} = o.town OR u.role = 'bureau' AND {_CODE} IN ('water', 'power'))"
#: Who reviews and signs a ranking: the bureaus of its indicators.
REVIEWER = f"(u.role = 'bureau' AND {_CODE} IN ('water', 'power', 'housing', 'poverty'))"
#: Nobody reviews what the own hand wrote.
NOT_OWN = "NOT EXISTS (SELECT 1 FROM ranking_sign s WHERE s.by_id = u.id)"
SIGNER = "(EXISTS (SELECT 1 FROM post p WHERE p.user_id = u.id AND p.kind = 'leader'))"
#: Who protects personal data: the inspectorate, and whom a leader of the county level authorised.
PROTECTS = (
    "(u.role = 'inspectorate' OR u.role IN ('office', 'leaders') AND EXISTS "
    "(SELECT 1 FROM authorisation a WHERE a.user_id = u.id AND a.kind = 'data' AND a.ended_at IS NULL))"
)
#: Who records what happens in a family.
RECORDS = f"({OFFICE} OR {VILLAGE} OR {TOWN})"


@dataclass(frozen=True)
class Door:
    """What a route takes: objects of the kind `of`, asked for by whoever meets `may`; `given` is sent, `named` are the other
    arguments of its address."""

    of: str
    may: str
    given: Mapping[str, Any] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    #: Whether a file is sent.
    files: bool = False
    #: The argument that is the object's `inner_id`.
    inner: str = ""


#: What is done with a ticket, by page and API.
ACTIONS = {
    **dict.fromkeys(("accept", "decline", "reclassify", "resolve"), LEAD),
    **dict.fromkeys(("confirm", "register", "refuse", "reject"), CONFIRMER),
    **dict.fromkeys(("cancel", "extend", "reassign", "resume", "suspend", "uphold"), OVERSEER),
    **dict.fromkeys(("resubmit", "withdraw"), f"({FILER} OR {TOWN})"),
    "endorse": TOWN,
    "extend_again": LEADERS,
    "reopen": f"({TOWN} OR {OVERSEER})",
    "send_back": f"({TOWN} OR {OVERSEER})",
}
#: What is done with a case: by the office, who decides, or the unit it is about.
CASE_ACTIONS = {
    **dict.fromkeys(("close", "hear", "notify", "open", "seek_withdrawal", "serve"), OFFICE),
    **dict.fromkeys(("appeal", "respond"), ABOUT_ITS_UNIT),
    "agree_withdrawal": of_roles("office", "leaders"),
    "decide": LEADERS,
    # Of who is led by the province alone.
    **dict.fromkeys(("record", "refer"), NOBODY),
}
#: What is done with a paper: signed for and answered by whom it is sent to, the rest by the office.
PAPER_ACTIONS = {
    **dict.fromkeys(("confirm", "keep", "record", "return", "revoke", "verify"), OFFICE),
    **dict.fromkeys(("answer", "sign"), ABOUT_ITS_UNIT),
}
