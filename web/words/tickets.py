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
            "closed": _l("closed"),
            "withdrawn": _l("withdrawn"),
        },
        "ticket.stage": {
            "vet": _l("check by the town"),
            "supplement": _l("completion"),
            "accept": _l("acceptance"),
            "mend": _l("resolution"),
            "rule": _l("ruling"),
            "hold": _l("clock stopped"),
            "confirm": _l("confirmation"),
        },
        "request.kind": {
            "extension": _l("A later deadline"),
            "suspension": _l("Stopped clock"),
        },
        "request.status": {
            "waiting": _l("waiting for an answer"),
            "granted": _l("granted"),
            "refused": _l("not granted"),
            "lapsed": _l("lapsed without an answer"),
        },
        "recipient": {
            "holder_duty": _l("duty officer of the unit"),
            "holder_people": _l("staff of the unit"),
            "holder_leader": _l("leader of the unit"),
            "lead_duty": _l("duty officer of the responsible unit"),
            "lead_people": _l("staff of the responsible unit"),
            "former_duty": _l("duty officer of the former unit"),
            "handler": _l("handler"),
            "lookers": _l("staff of the unit"),
            "issuer": _l("staff of the issuing unit"),
            "pressed": _l("staff of the unit"),
            "filer": _l("filed by"),
            "assisting": _l("assisting unit"),
            "town": _l("town"),
            "office": _l("county office"),
            "leaders": _l("leading group"),
            "inspectorate": _l("inspectorate"),
            "opener": _l("opens cases"),
            "decider": _l("decides cases"),
            "respondent": _l("staff of the unit"),
            "ranked": _l("staff of the unit"),
            "reporting": _l("staff of the unit"),
            "late": _l("staff of the unit"),
            "reporter": _l("staff of the unit"),
            "objector": _l("staff of the unit"),
            "figure": _l("staff of the unit"),
        },
        "field": {
            "act": _l("action"),
            "answer": _l("answer"),
            "reason": _l("reason"),
            "ground": _l("ground"),
            "cited_duty": _l("cited duty"),
            "note": _l("note"),
            "until": _l("until"),
            "plan": _l("plan"),
            "request": _l("requested action"),
            "visited_on": _l("date of the visit"),
            "evidence": _l("evidence"),
            "unit": _l("unit"),
            "kind": _l("kind"),
            "cause": _l("cause"),
            "household": _l("household"),
            "village": _l("village"),
            "reference": _l("document number"),
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
            "no_such_ticket": _l("There is no such ticket, or you do not have access to it. Check the number."),
            "no_such_action": _l("There is no action “%(action)s”. Choose one of the actions listed for the ticket."),
            "no_such_subject": _l("There is no %(field)s “%(code)s” that you can file for. Check the code or name."),
            "village_of_several": _l(
                "There are several villages called “%(village)s”. Use the code, or put the town before the name."
            ),
            "own_work": _l(
                "You did this work yourself, also if for another unit. Another person of your unit must judge it."
            ),
            "not_allowed": _l("You cannot perform “%(action)s” on this ticket. Contact the unit that holds it."),
            "only_the_holder": _l("Only the unit that holds the ticket can do this. Contact that unit."),
            "may_not_file": _l("Your role does not file tickets. Ask the town or the county office to file it."),
            "may_not_file_about": _l(
                "You cannot file a ticket about a %(subject)s. Choose another subject, or ask the county office to file it."
            ),
            "kind_not_open": _l(
                "“%(rule)s” cannot be filed from a source of yours. Choose another kind of deficiency."
            ),
            "kind_from_rows": _l(
                "“%(rule)s” is filed by the system, where reported figures differ for long from what it counts from rows: "
                "households and people in the register, villages under “Villages”, houses under “Quota of houses”; and by the "
                "office, where a check found a figure untrue. Correct the rows there, or have the reporting unit correct its "
                "figure."
            ),
            "source_not_open": _l("“%(source)s” is not a source you can file from. Choose one from the list."),
            "reference_not_a_number": _l(
                "“%(text)s” is no %(number)s: it holds neither a year nor a running number. Enter the %(number)s this rests on."
            ),
            "reference_missing": _l("Enter the %(number)s this rests on: a filing from this source names it."),
            "unit_not_held_to_account": _l(
                "No ticket is filed about “%(unit)s”. Choose a town, a bureau or the county office."
            ),
            "unit_is_your_own": _l("“%(unit)s” is your own unit. Another unit has to file this."),
            "only_for_candidates": _l("Only a family that is not registered gets this verdict. Confirm the ticket."),
            "not_for_candidates": _l(
                "A family that is not registered gets a verdict: register it, do not register it, or return it to the town."
            ),
            "not_for_units": _l(
                "A finding about a unit is not sent back. Uphold it, assign another unit or cancel it."
            ),
            "not_what_was_shown": _l("The assignment has changed. Check the bureau and dates below, then send it."),
            "may_not_comment": _l("You can read this ticket but not comment on it."),
            "stale": _l("The ticket has changed since you opened it. %(again)s"),
            "wrong_state": _l("“%(action)s” is not possible while the ticket is “%(state)s”. %(again)s"),
            "ticket_ended": _l("The ticket is closed. No more actions are possible."),
            "may_not_decline": _l("This ticket can no longer be declined. Accept it."),
            "may_not_reclassify": _l("The ticket can no longer be declined or reclassified. Resolve it."),
            "done_by_reporting": _l(
                "Issuing the written report on the ranking's page completes this duty. It cannot be reopened."
            ),
            "not_for_duties": _l("A duty cannot be passed on. Resolve it."),
            "reopen_too_late": _l("The time for reopening is over. File a new ticket; it will refer to this one."),
            "duplicate_open_ticket": _l("There is already an open ticket for the same %(field)s. Add to that ticket."),
            "clock_ran_back": _l(
                "The clock of this computer is earlier than the ticket's last step. Have the clock corrected."
            ),
            "visit_before_resolved": _l(
                "The visit cannot be before %(day)s, when the ticket was resolved. Visit again."
            ),
            "suspension_too_long": _l("“%(field)s” is too late. Choose a day within %(days)s working days."),
            "unit_cannot_hold": _l(
                "“%(unit)s” cannot hold this ticket. Choose a bureau, the office or the ticket's own town."
            ),
            "unit_is_the_same": _l("“%(unit)s” already has this ticket. Choose another unit."),
            "unit_cannot_assist": _l("“%(unit)s” cannot assist here. Invite another unit."),
            "assists_already": _l("“%(unit)s” already assists."),
            "does_not_assist": _l("“%(unit)s” does not assist."),
            "kind_unknown": _l("There is no kind “%(kind)s”. Choose one from the scheme."),
            "cause_unknown": _l("The kind has no cause “%(cause)s”. Choose one of its causes or leave it empty."),
            "cause_decides_the_date": _l("Choose the cause. It decides whether the fixed last day applies."),
            "kind_is_the_same": _l("The ticket already has this kind. Choose another."),
            "kind_not_for_subject": _l("This kind cannot be filed for a %(subject)s. Choose another kind or subject."),
            "one_subject": _l("Name one subject: a household, a village or a unit."),
            "unknown_state": _l("There is no state “%(state)s”. Choose one from the list."),
            "no_such_colleague": _l("There is no “%(name)s” in your unit. Check the sign-in name."),
            "bad_within": _l("“Overdue in … working days” must be a whole number from 1 to %(most)s."),
            "no_such_matter": _l("There is no such matter, or you do not have access to it."),
            "may_not_bundle": _l(
                "Only the town, the responsible unit or the office can bundle tickets. Contact one of them."
            ),
            "not_one_matter": _l(
                "%(number)s has another village, kind or unit, or is not assigned yet. Leave it out of this matter."
            ),
            "in_a_matter": _l("%(number)s already belongs to a matter. Remove it from that matter first."),
            "none_chosen": _l("Tick at least one ticket, or “All of this view”."),
            "open_it_first": _l("It has no photo or document. Open it before you endorse it."),
            "failed_alone": _l("An error of the system; it is in the log. Nothing was changed. Try this ticket again."),
            "too_few_tickets": _l("Choose at least %(least)s tickets."),
            "too_many_tickets": _l("At most %(most)s tickets at a time. Choose fewer."),
            "matter_ended": _l("The matter is closed. Open a new one."),
            "not_in_this_matter": _l("%(number)s no longer belongs to this matter. %(again)s"),
            "no_such_evidence": _l("There is no such evidence, or you do not have access to it."),
            "may_not_bring_evidence": _l("You can read this ticket but not add evidence to it."),
            "evidence_unknown": _l("Evidence %(id)s does not belong to this ticket. Upload it here first."),
            "evidence_of_another_unit": _l("Evidence %(id)s belongs to another unit. Upload your own."),
            "evidence_not_new": _l("All listed evidence was uploaded before this stage began. Upload new evidence."),
            "too_many_files": _l("Upload at most %(most)s files at once. Upload the others afterwards."),
            "too_much_evidence": _l("Your unit has already uploaded %(most)s pieces of evidence here, the maximum."),
            "file_avif": _l("AVIF pictures are not supported. Convert the picture to JPEG."),
            "photo_only": _l("A checkup accepts photos only (JPEG, PNG, WebP, GIF). Upload documents to the ticket."),
            "picture_too_large": _l(
                "The picture has too many pixels. Take it with fewer than %(megapixels)s megapixels."
            ),
            "picture_too_long": _l(
                "The picture is more than %(ratio)s times as long as it is wide. Cut it into parts and upload them."
            ),
            "picture_too_costly": _l(
                "The picture takes too much memory or time to open. Take it again, or save it as an ordinary JPEG photo."
            ),
            "pictures_wait": _l(
                "Many pictures are being processed; this one was not uploaded. Send it again in %(seconds)s seconds."
            ),
            "picture_unreadable": _l("The picture is damaged or incomplete. Take it or upload it again."),
            "file_type_refused": _l(
                "This type of file is not supported. Upload a photo, a PDF, an office document or text."
            ),
            "held_missing": _l(
                "A file that this form names has not arrived, or waited for more than 30 days. Choose it again."
            ),
            "slice_beyond": _l("This part does not belong to the file. Send the file again."),
            "too_much_held": _l(
                "Too many uploaded files wait for their forms (limit: %(megabytes)s MB). Send or discard those forms first."
            ),
            "file_empty": _l("The file is empty. Choose another."),
            "file_too_large": _l("The file is too large. The limit is %(megabytes)s MB."),
            "only_the_lead_asks": _l("Only the responsible unit can request more time. Contact that unit."),
            "asked_only_in_progress": _l(
                "More time can be requested only while the ticket is in progress. It is “%(state)s”."
            ),
            "asked_too_late": _l("The deadline has passed. More time must be requested before the deadline."),
            "request_waits": _l("A request is already pending. Wait for the answer."),
            "unknown_request": _l("Choose a later deadline (extension) or a stopped clock (suspension)."),
            "ground_in_last_hours": _l(
                "In the last %(hours)s working hours before the deadline, a ground from the list is "
                "required. Choose one."
            ),
            "ground_unknown": _l("This ground is not in the scheme's list. Choose one from the list."),
            "extension_not_later": _l("The deadline is already %(day)s. Choose a later day."),
            "extension_too_long": _l(
                "“%(field)s” is too late. Choose a day within %(days)s working days of the deadline."
            ),
            "extension_past_stop": _l("The fixed last day is %(day)s. Choose a day that is not later."),
            "extended_already": _l(
                "The deadline was already extended. Only the leading group can extend it a second time."
            ),
            "extended_too_late": _l(
                "The deadline has passed and no request was made before it. It can no longer be extended."
            ),
            "no_later_day": _l(
                "No later deadline is possible: the fixed last day of this ticket, or the longest time an extension may "
                "have, is reached."
            ),
            "not_extended_yet": _l("The deadline was not extended yet. The county office grants the first extension."),
            "no_such_request": _l("There is no such request on this ticket. %(again)s"),
            "request_of_another": _l("The request was made to another unit. Leave the answer to that unit."),
            "no_such_proposal": _l("There is no such rung on this ticket. %(again)s"),
            "proposal_of_another": _l(
                "The county office decides on proposals of the ladder; against the office itself, the "
                "leading group. Leave it to them."
            ),
            "proposal_answered": _l("There is no proposal here any more. %(again)s"),
            "request_answered": _l("The request was answered or has lapsed. %(again)s"),
        },
    }
)


def instead_of(role: str) -> str:
    """Why a person is notified in place of another: the role is vacant."""
    return _("sent to you because there is no “%(role)s”", role=label("recipient", role))
