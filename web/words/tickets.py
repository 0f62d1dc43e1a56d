"""Tickets: labels of states, stages, requests and evidence, and the sentences of their errors."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.labels import add, label

add(
    {
        "ticket.state": {
            "reported": _l("awaiting the town's check"),
            "returned": _l("returned for completion"),
            "assigned": _l("awaiting acceptance"),
            "disputed": _l("awaiting a ruling"),
            "in_progress": _l("in progress"),
            "suspended": _l("clock stopped"),
            "resolved": _l("awaiting confirmation"),
            "closed": _l("struck off"),
            "withdrawn": _l("withdrawn"),
        },
        "ticket.stage": {
            "vet": _l("check by the town"),
            "supplement": _l("completion"),
            "accept": _l("acceptance"),
            "mend": _l("mending"),
            "rule": _l("ruling"),
            "hold": _l("clock stopped"),
            "confirm": _l("confirmation"),
        },
        "request.kind": {
            "extension": _l("A later deadline"),
            "suspension": _l("The clock stopped"),
        },
        "request.status": {
            "waiting": _l("waiting for an answer"),
            "granted": _l("granted"),
            "refused": _l("not granted"),
            "lapsed": _l("lapsed unanswered"),
        },
        "recipient": {
            "holder_duty": _l("duty officer of the unit"),
            "holder_people": _l("people of the unit"),
            "holder_leader": _l("leader of the unit"),
            "lead_duty": _l("duty officer of the responsible unit"),
            "lead_people": _l("people of the responsible unit"),
            "handler": _l("handler"),
            "lookers": _l("people of the unit"),
            "issuer": _l("people of the unit that issued it"),
            "pressed": _l("people of the unit"),
            "filer": _l("who filed it"),
            "assisting": _l("assisting unit"),
            "town": _l("town"),
            "office": _l("county office"),
            "leaders": _l("leading group"),
            "inspectorate": _l("inspectorate"),
            "opener": _l("who opens cases"),
            "decider": _l("who decides cases"),
            "respondent": _l("people of the unit"),
            "ranked": _l("people of the unit"),
            "reporting": _l("people of the unit"),
            "late": _l("people of the unit"),
            "reporter": _l("people of the unit"),
            "objector": _l("people of the unit"),
            "figure": _l("people of the unit"),
        },
        "field": {
            "act": _l("what is to be done"),
            "answer": _l("answer"),
            "reason": _l("reason"),
            "ground": _l("ground"),
            "cited_duty": _l("cited duty"),
            "note": _l("note"),
            "until": _l("until"),
            "plan": _l("plan"),
            "request": _l("what is asked for"),
            "visited_on": _l("date of the visit"),
            "evidence": _l("evidence"),
            "unit": _l("unit"),
            "kind": _l("kind"),
            "cause": _l("cause"),
            "household": _l("household"),
            "village": _l("village"),
            "description": _l("description"),
            "urgent": _l("urgent"),
            "false_closing": _l("false closing"),
            "handler": _l("handler"),
            "title": _l("title"),
            "tickets": _l("tickets"),
            "ticket": _l("ticket"),
            "versions": _l("versions"),
            "status": _l("status"),
        },
        "field.ask_time": {
            "ground": _l("ground of the list"),
        },
        "error": {
            "no_such_ticket": _l("There is no such ticket, or it is not yours to see; check the number."),
            "no_such_action": _l("There is no action “%(action)s”; choose one of those the ticket lists."),
            "no_such_subject": _l("No %(field)s “%(code)s” is yours to file for; check the code."),
            "not_allowed": _l("“%(action)s” is not yours to do on this ticket; ask the unit that holds it."),
            "only_the_holder": _l("Only the unit that holds the ticket may do this; ask it."),
            "may_not_file": _l("Only village and town cadres file tickets; ask the town to file it."),
            "not_what_was_shown": _l("Where it goes has changed; look at bureau and dates below, then send it."),
            "may_not_comment": _l("You may read this ticket but not comment on it."),
            "stale": _l("The ticket has moved since you looked at it; load it again and decide anew."),
            "wrong_state": _l(
                "“%(action)s” is not open while the ticket is “%(state)s”; load it again to see what is."
            ),
            "ticket_ended": _l("The ticket is ended; nothing more is done on it."),
            "may_not_decline": _l("This ticket can no longer be declined; accept it."),
            "may_not_reclassify": _l("The rounds of declining and reclassifying are used up; resolve the ticket."),
            "done_by_reporting": _l(
                "A written report is done by issuing it on the ranking’s page, and what was issued stays so."
            ),
            "not_for_duties": _l("A duty cannot be passed on; resolve it."),
            "reopen_too_late": _l("The days for reopening are over; file a new ticket, it will name this one."),
            "duplicate_open_ticket": _l("An open ticket for the same %(field)s exists; add to that one."),
            "clock_ran_back": _l(
                "The clock here shows an earlier time than the ticket's last step; have the clock set right."
            ),
            "visit_before_resolved": _l(
                "The visit must not be before %(day)s, when the work was said to be done; visit again."
            ),
            "suspension_too_long": _l("“%(field)s” is too far off; choose a day within %(days)s working days."),
            "unit_cannot_hold": _l(
                "“%(unit)s” cannot hold this ticket; name a bureau, the office or the ticket's own town."
            ),
            "unit_is_the_same": _l("“%(unit)s” already has this ticket; uphold it, or name another unit."),
            "unit_cannot_assist": _l("“%(unit)s” cannot assist here; invite another unit."),
            "assists_already": _l("“%(unit)s” assists already."),
            "does_not_assist": _l("“%(unit)s” does not assist."),
            "kind_unknown": _l("There is no kind “%(kind)s”; choose one of the scheme's."),
            "cause_unknown": _l("The kind has no cause “%(cause)s”; choose one of its own or leave it open."),
            "cause_decides_the_date": _l("Choose the cause: it decides whether the fixed last day applies."),
            "kind_is_the_same": _l("The ticket is already of this kind; choose another."),
            "kind_not_for_subject": _l("This kind is not filed for a %(subject)s; choose another kind or subject."),
            "one_subject": _l("Give either a household or a village, not both and not neither."),
            "unknown_state": _l("There is no state “%(state)s”; choose one of the listed ones."),
            "no_such_colleague": _l("Nobody called “%(name)s” works in your unit; check the sign-in name."),
            "bad_within": _l("“Overdue in … working days” must be a whole number from 1 to %(most)s."),
            "no_such_matter": _l("There is no such matter, or it is not yours to see."),
            "may_not_bundle": _l(
                "Tickets are bundled by their town, the responsible unit or the office; ask one of them."
            ),
            "not_one_matter": _l(
                "%(number)s is of another village, kind or unit, or not yet with its unit; leave it out of this matter."
            ),
            "in_a_matter": _l("%(number)s is in a matter already; split it off there first."),
            "too_few_tickets": _l("Choose at least %(least)s tickets."),
            "too_many_tickets": _l("A matter takes at most %(most)s tickets at a time; choose fewer."),
            "matter_ended": _l("The matter is ended; open a new one."),
            "not_in_this_matter": _l("%(number)s is not in this matter any more; load it again."),
            "no_such_evidence": _l("There is no such evidence, or it is not yours to see."),
            "may_not_bring_evidence": _l("You may read this ticket but not add evidence to it."),
            "evidence_unknown": _l("Evidence %(id)s does not belong to this ticket; upload it here first."),
            "evidence_of_another_unit": _l("Evidence %(id)s is another unit's; bring your own."),
            "evidence_not_new": _l("Everything named was brought before this stage began; bring something new."),
            "too_many_files": _l("Bring at most %(most)s files at once; send the others after."),
            "too_much_evidence": _l("Your unit has brought %(most)s pieces of evidence here; that is the most."),
            "file_heic": _l(
                "HEIC photos are not taken; set the phone's camera to “most compatible” (JPEG), or send it as JPEG."
            ),
            "photo_only": _l("A checkup takes photos only (JPEG, PNG, WebP, GIF); bring papers to the ticket."),
            "picture_too_large": _l(
                "The picture has too many pixels; take it with fewer than %(megapixels)s megapixels."
            ),
            "picture_unreadable": _l("The picture is damaged or cut off; take it or send it again."),
            "file_type_refused": _l(
                "This type of file is not taken; bring a photo, a PDF, an office document or text."
            ),
            "file_empty": _l("The file is empty; choose another."),
            "file_too_large": _l("The file is too large; keep it under %(megabytes)s MB."),
            "only_the_lead_asks": _l("Only the responsible unit asks for time; ask it to."),
            "asked_only_in_progress": _l("Time is asked for while the ticket is in progress; it is “%(state)s”."),
            "asked_too_late": _l("The deadline is past; time is asked for before it."),
            "request_waits": _l("A request is waiting already; wait for its answer."),
            "unknown_request": _l("Choose a later deadline (extension) or a stopped clock (suspension)."),
            "ground_in_last_hours": _l(
                "In the last %(hours)s working hours before the deadline a ground of the list is needed; choose one."
            ),
            "ground_unknown": _l("This ground is not in the scheme's list; choose one of it."),
            "extension_not_later": _l("The deadline is %(day)s already; choose a later day."),
            "extension_too_long": _l(
                "“%(field)s” is too far off; choose a day within %(days)s working days of the deadline."
            ),
            "extension_past_stop": _l("The fixed last day is %(day)s; choose no later day."),
            "extended_already": _l(
                "The deadline was extended already; a second time only the leading group extends it."
            ),
            "extended_too_late": _l(
                "The deadline is past and nobody had asked before it; it can no longer be extended."
            ),
            "not_extended_yet": _l("The deadline was not extended yet; the first time the office does it."),
            "no_such_request": _l("There is no such request on this ticket; load it again."),
            "request_of_another": _l("The request was made to another unit; leave the answer to it."),
            "no_such_proposal": _l("There is no such rung on this ticket; load it again."),
            "proposal_of_another": _l(
                "What the ladder proposes the office answers, against the office itself the leading group; leave it to them."
            ),
            "proposal_answered": _l("Nothing is proposed here any more; load the ticket again."),
            "request_answered": _l("The request was answered or has lapsed; load the ticket again."),
        },
    }
)


def instead_of(role: str) -> str:
    """Why a person is told what was meant for another: nobody holds that role."""
    return _("nobody is there as “%(role)s”, so you are told", role=label("recipient", role))
