"""Rankings: names of their inputs, and the sentences of their errors."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

add(
    {
        "field": {
            "measure": _l("figure"),
            "up_to": _l("up to"),
            "figures": _l("figures"),
            "remark": _l("paragraph for the report"),
            "objection": _l("objection"),
            "upheld": _l("upheld"),
            "edition": _l("edition"),
        },
        "figure.standing": {
            "new": _l("new"),
            "same": _l("stands already"),
            "corrects": _l("corrects an earlier figure"),
        },
        "error": {
            "no_ranking_day": _l(
                "%(day)s is no ranking day; the scheme's are these days of the month, from its first day on: %(days)s."
            ),
            "ranking_ahead": _l("The ranking of %(day)s is made at %(at)s of that day; ask again then."),
            "ranking_not_yours": _l(
                "The ranking is made by the county office and read by everybody who has business here."
            ),
            "no_measures": _l("The scheme in force has no measures to rank by; adopt one that has."),
            "no_such_ranking": _l("There is no ranking of %(day)s; choose one from the list."),
            "ranking_unchanged": _l("No figure has changed since; correct the figure first."),
            "ranking_made_meanwhile": _l("Somebody has just made this ranking; look at the page again."),
            "signature_not_yours": _l("A ranking is signed by the units that rank the towns in it."),
            "signed_already": _l("Your unit has signed this ranking already."),
            "edition_replaced": _l("A newer edition (%(edition)s) has replaced this one; open that."),
            "report_not_yours": _l(
                "A report on a ranking is issued by the units that rank the towns in it, and by the county office."
            ),
            "report_not_signed": _l("Sign the ranking first; what you write there becomes part of the report."),
            "report_issued": _l("%(unit)s has issued its report on this ranking already."),
            "receipt_not_yours": _l("Reports are received by the leading group."),
            "roll_called": _l("The missing reports on this ranking have been recorded already."),
            "report_received": _l("This report has been received already."),
            "no_such_report": _l("There is no such report; choose one on the ranking's page."),
            "draft_not_yours": _l("A report that has not been issued is read by its unit and the county office."),
            "no_draft": _l("There is no draft for this; the scheme prescribes no sections that begin with figures."),
            "no_ranking_in_period": _l(
                "No ranking falls into this period yet; a draft takes its figures from the last one."
            ),
            "draft_of_another_unit": _l("A draft is for the unit that owes the paper and for the county office."),
            "ledger_not_yours": _l(
                "The ledger and the sheet of a unit are open to the unit itself and the county's readers."
            ),
            "file_not_yours": _l(
                "The whole file of a household is open to its village, its town and the county's readers."
            ),
            "objection_not_yours": _l("Towns object to their own figures."),
            "objection_too_late": _l("A figure may be objected to within %(days)s working days of its ranking."),
            "objected_already": _l("Your town has objected to this figure already."),
            "answer_not_yours": _l("Objections are answered by the county office."),
            "no_such_objection": _l("There is no such objection; choose one from the list."),
            "objection_answered": _l("This objection has been answered."),
            "unknown_measure": _l("There is no measure %(measure)s; choose one from the list."),
            "figure_of_another_unit": _l("This figure is reported by another unit."),
            "figure_not_yours": _l(
                "The rows behind this figure are open to the town, the item's bureaus and the county's readers."
            ),
            "figure_day": _l(
                "%(day)s cannot be the last day of a figure; take a day up to today, of this or the last year."
            ),
            "figure_share": _l("%(town)s: two whole numbers, and the first no larger than the second."),
            "figure_corrected_why": _l("%(town)s has another figure for this day already; say why it is corrected."),
            "figures_stand": _l(
                "These figures stand already; to add files, say why they are corrected, and they are entered anew."
            ),
            "figure_measure": _l(
                "Your unit reports no figure called “%(measure)s”; take the name from the empty sheet."
            ),
            "figure_twice": _l("%(town)s stands twice in the file with this figure and day; keep one row."),
            "figures_columns": _l("The first row must name the columns %(columns)s; “%(missing)s” is not there."),
            "figures_too_many": _l("“%(field)s” has more than %(most)s rows; split it."),
            "not_a_number": _l("“%(field)s” must be a whole number without signs or spaces."),
            "not_a_yes_or_no": _l("“%(field)s” must be true or false."),
            "bad_figure": _l("“%(field)s” must be a list of towns, each with town, numerator and denominator."),
        },
    }
)
