"""Sentences about the ranking: why one was not made, signed, objected to or corrected."""

from flask_babel import gettext as _


def errors() -> dict[str, str]:
    """Why something about a ranking was refused."""
    return {
        "no_ranking_day": _(
            "{day} is no ranking day; the scheme's are these days of the month, from its first day on: {days}."
        ),
        "ranking_ahead": _("The ranking of {day} is made at {at} of that day; ask again then."),
        "ranking_not_yours": _("The ranking is made by the county office and read by everybody who has business here."),
        "no_measures": _("The scheme in force has no measures to rank by; adopt one that has."),
        "no_such_ranking": _("There is no ranking of {day}; choose one from the list."),
        "ranking_unchanged": _("No figure has changed since; correct the figure first."),
        "ranking_made_meanwhile": _("Somebody has just made this ranking; look at the page again."),
        "signature_not_yours": _("A ranking is signed by the units that rank the towns in it."),
        "signed_already": _("Your unit has signed this ranking already."),
        "edition_replaced": _("A newer edition ({edition}) has replaced this one; open that."),
        "report_not_yours": _(
            "A report on a ranking is issued by the units that rank the towns in it, and by the county office."
        ),
        "report_not_signed": _("Sign the ranking first; what you write there becomes part of the report."),
        "report_issued": _("{unit} has issued its report on this ranking already."),
        "receipt_not_yours": _("Reports are received by the leading group."),
        "report_received": _("This report has been received already."),
        "no_such_report": _("There is no such report; choose one on the ranking's page."),
        "draft_not_yours": _("A report that has not been issued is read by its unit and the county office."),
        "no_draft": _("There is no draft for this; the scheme prescribes no sections that begin with figures."),
        "no_ranking_in_period": _(
            "No ranking falls into this period yet; a draft takes its figures from the last one."
        ),
        "draft_of_another_unit": _("A draft is for the unit that owes the paper and for the county office."),
        "ledger_not_yours": _(
            "The ledger and the sheet of a unit are open to the unit itself and the county's readers."
        ),
        "file_not_yours": _("The whole file of a household is open to its village, its town and the county's readers."),
        "objection_not_yours": _("Towns object to their own figures."),
        "objection_too_late": _("A figure may be objected to within {days} working days of its ranking."),
        "objected_already": _("Your town has objected to this figure already."),
        "answer_not_yours": _("Objections are answered by the county office."),
        "no_such_objection": _("There is no such objection; choose one from the list."),
        "objection_answered": _("This objection has been answered."),
        "unknown_measure": _("There is no measure {measure}; choose one from the list."),
        "figure_of_another_unit": _("This figure is reported by another unit."),
        "figure_not_yours": _(
            "The rows behind this figure are open to the town, the item's bureaus and the county's readers."
        ),
        "figure_day": _("{day} cannot be the last day of a figure; take a day up to today, of this or the last year."),
        "figure_share": _("{town}: two whole numbers, and the first no larger than the second."),
        "figure_corrected_why": _("{town} has another figure for this day already; say why it is corrected."),
        "figures_stand": _(
            "These figures stand already; to add files, say why they are corrected, and they are entered anew."
        ),
        "figure_measure": _("Your unit reports no figure called “{measure}”; take the name from the empty sheet."),
        "figure_twice": _("{town} stands twice in the file with this figure and day; keep one row."),
        "figures_columns": _("The first row must name the columns {columns}; “{missing}” is not there."),
        "figures_too_many": _("“{field}” has more than {most} rows; split it."),
        "not_a_number": _("“{field}” must be a whole number without signs or spaces."),
        "not_a_yes_or_no": _("“{field}” must be true or false."),
        "bad_figure": _("“{field}” must be a list of towns, each with town, numerator and denominator."),
    }


def fields() -> dict[str, str]:
    """What the inputs about rankings are called."""
    return {
        "measure": _("figure"),
        "up_to": _("up to"),
        "figures": _("figures"),
        "source": _("what proves it"),
        "remark": _("paragraph for the report"),
        "objection": _("objection"),
        "upheld": _("upheld"),
        "edition": _("edition"),
    }
