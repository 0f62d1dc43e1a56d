"""Oversight: labels of spot checks and of a held sweep, and the sentences of errors of spot checks, signals and the audit trail."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

add(
    {
        "spot_check.status": {
            "todo": _l("to be checked"),
            "overdue": _l("not checked in time"),
            "holds": _l("the closing holds"),
            "false": _l("false closing"),
            "lapsed": _l("lapsed, reopened"),
        },
        "sweep.hold": {
            "clock_backwards": _l("The worker's clock went backwards."),
            "clock_leap": _l("The worker's clock jumped ahead by more than a day."),
            "clock_behind": _l("The clock was behind the county's records."),
            "clock_ahead": _l("The clock was far ahead of the county's last record."),
        },
        "unit_account.figure": {
            "held": _l("Time held"),
            "on_time": _l("Ended on time"),
            "late": _l("Ended late"),
            "charged": _l("Charged to the unit"),
            "credited": _l("Credited to the unit"),
            "false_mended": _l("False closings it had resolved"),
            "false_confirmed": _l("False closings it had confirmed"),
        },
        "charge.ground": {
            "ruling": _l("charged by a ruling"),
            "late_answer": _l("charged for a late answer"),
            "downtime": _l("credited as system downtime"),
            "no_signal": _l("credited as time without a signal"),
        },
        "export.list": {
            "households": _l("Households"),
            "register": _l("Register"),
            "refused": _l("Rejected rows of an import"),
            "candidates": _l("Families not registered"),
            "tickets": _l("Tickets"),
            "report": _l("Written report"),
            "ledger": _l("Ledger of open tickets"),
            "household_file": _l("File of a household"),
            "sheet": _l("Sheet of a unit"),
            "formula": _l("How the ranking is computed"),
            "draft": _l("Draft of a periodic report"),
            "trail": _l("Audit trail"),
            "paper": _l("Paper of the ladder"),
            "dossier": _l("Dossier of a case"),
        },
        "field": {
            "month": _l("month"),
        },
        "error": {
            "account_not_yours": _l(
                "The time account of a unit is visible to the unit itself and to county-level users. Ask your own unit."
            ),
            "unknown_figure": _l("There is no figure “%(figure)s” here. Follow a link of the time account."),
            "signals_not_yours": _l("Signals are visible to the office and the inspectorate. Use your own list."),
            "unknown_signal": _l("There is no signal “%(signal)s”. Follow a link of the signals page."),
            "board_not_yours": _l("A unit or village sees only its own board; county-level users see all of them."),
            "trail_not_yours": _l("The audit trail is visible to the inspectorate. Contact the inspectorate."),
            "one_way_to_verify": _l("Give only one of --anchor, --background and --last."),
            "never_verified": _l("No run was asked for yet. Ask for one with verify --background."),
            "verification_at_work": _l("The history is being verified already. Wait until that run has ended."),
            "future_sweep": _l("A sweep with a future time cannot write in production. Add --dry-run."),
            "bad_moment": _l("“%(value)s” is not a valid time. Use the form 2018-11-20T10:00."),
            "spot_checks_not_yours": _l(
                "Spot checks are visible to the towns that make them and to county-level users. Use your own list."
            ),
            "no_such_spot_check": _l(
                "There is no such spot check, or you do not have access to it. Follow a link of the list."
            ),
            "no_such_draw": _l("There is no draw for “%(month)s”. Choose one of the listed months."),
            "spot_check_of_another": _l("This check was assigned to another unit. Leave it to that unit."),
            "spot_check_lapsed": _l("The ticket was reopened meanwhile. There is nothing left to check."),
            "spot_check_made": _l("This check was already made. %(again)s"),
            "unknown_spot_result": _l("Choose whether the closing was right (holds) or false (false)."),
            "visit_before_draw": _l("The visit cannot be before %(day)s, when it was drawn. Visit again."),
            "bad_month": _l("“%(month)s” is not a month. Use the form 2018-11."),
            "release_not_yours": _l(
                "Only the county office or the administrator can resume a paused sweep. Contact them."
            ),
            "clock_wrong": _l(
                "Nothing was saved: the clock of %(machine)s shows %(now)s, that of the database server %(server)s, and the "
                "county's records agree with the database server. Have the clock of %(machine)s set."
            ),
            "server_clock_wrong": _l(
                "Nothing was saved: the clock of the database server shows %(server)s, that of %(machine)s %(now)s, and the "
                "county's records agree with %(machine)s. Have the clock of the database server set."
            ),
            "clocks_apart": _l(
                "Nothing was saved: the clock of %(machine)s shows %(now)s, that of the database server %(server)s. Have the "
                "one that is wrong set."
            ),
            "clock_behind": _l(
                "Nothing was saved: the clock of %(machine)s shows %(now)s, and the county has records of %(newest)s. Have the "
                "clock set. If it is right, the administrator confirms it with the command “release”."
            ),
            "clock_ahead": _l(
                "Nothing was saved: the clock of %(machine)s shows %(now)s, and the county's last record is of %(newest)s. Have "
                "the clock set. If it is right, the administrator confirms it with the command “release”."
            ),
            "nothing_holds": _l("The sweep is not paused. There is nothing to resume."),
        },
    }
)
