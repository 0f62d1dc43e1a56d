"""Help of those who lead, watch and set up: office, leading group, inspectorate and administrator, task by task."""

from flask_babel import lazy_gettext as _l

from web.words.help_task import Task

TASKS = (
    Task(
        "decide",
        "board",
        _l("See what waits for a decision"),
        (
            _l("Open the board and press “Open decisions”."),
            _l("The list says what is asked, by whom and since when."),
            _l("Open a line and decide there."),
        ),
        "home-office",
    ),
    Task(
        "assign",
        "tickets",
        _l("Assign a disputed ticket"),
        (
            _l("Open “Disputes pending” on the board."),
            _l("Read the ground that the unit named and what the scheme says."),
            _l("Assign the unit and write the reason."),
        ),
    ),
    Task(
        "grant",
        "board",
        _l("Answer a request for time"),
        (
            _l("Open “Pending requests for time” on the board."),
            _l("Look at the reason and at the paper that proves it."),
            _l("Grant it up to a day, or refuse it with a reason."),
        ),
    ),
    Task(
        "issue",
        "papers",
        _l("Issue a paper"),
        (
            _l("Open “Papers”. Those that wait to be issued come first."),
            _l("Read the draft and the time that it rests on."),
            _l("Issue it, or decline it with a reason. Both are on record."),
        ),
        "paper",
    ),
    Task(
        "ranking_day",
        "ranking_day",
        _l("Prepare the ranking"),
        (
            _l("Open “Ranking desk”: it shows who has reported and who has not."),
            _l("Remind those who are missing, and look at figures that stand out."),
            _l("After the hour make the ranking and issue the reports."),
        ),
    ),
    Task(
        "duty_check",
        "duties",
        _l("Confirm duties"),
        (
            _l("Open “Duties” and choose what is to be confirmed."),
            _l("Look at the evidence. Confirm it, or return it with the reason."),
        ),
        "duties",
    ),
    Task(
        "calendar",
        "calendar",
        _l("Change working days"),
        (
            _l("Open “Working days” and paste the notice on holidays, or change single days."),
            _l("The preview says which deadlines change."),
            _l("Confirm. Every changed deadline is recorded."),
        ),
        "calendar",
    ),
    Task(
        "posts",
        "posts_page",
        _l("Enter who is in post"),
        (
            _l("Open “Posts” and choose the unit."),
            _l("Enter the person, the first day and the document."),
            _l("Look at what changes, and confirm."),
        ),
        "posts",
    ),
    Task(
        "one_page",
        "briefing",
        _l("Read the county on one page"),
        (
            _l("Open the briefing: what needs your word and what is overdue for longest stand at the top."),
            _l("Press a figure and the tickets behind it are listed."),
            _l("Print it: it fits on one A4 sheet."),
        ),
        "home-leaders",
    ),
    Task(
        "cases",
        "cases",
        _l("Decide an accountability case"),
        (
            _l("Open “Cases” and choose the case."),
            _l("Read the record: who held the ticket, for how long, and what they answered."),
            _l("Write the decision. The unit may object to it."),
        ),
        "cases",
    ),
    Task(
        "ranking",
        "rankings",
        _l("Read a ranking"),
        (
            _l("Open “Ranking” and choose the day."),
            _l("Each town shows its place, its score, and what moved it."),
            _l("Press a score to see the items and figures behind it."),
        ),
    ),
    Task(
        "unit_time",
        "units",
        _l("See how long units take"),
        (
            _l("Open “Time” and choose a unit."),
            _l("Each ticket shows how long it was held, and what does not count."),
            _l("Holidays, granted time and downtime are not charged."),
        ),
        "units",
    ),
    Task(
        "signals",
        "signals",
        _l("Follow a signal"),
        (
            _l("Open “Signals”: each is a reason to check, not a verdict."),
            _l("Open the tickets behind it and read their history."),
            _l("Order a spot check or propose a case."),
        ),
        "signals",
    ),
    Task(
        "trail",
        "trail",
        _l("Read the audit trail"),
        (
            _l("Open “Audit trail” and state why you read it."),
            _l("Filter by person, unit, ticket or day."),
            _l("Your reading is recorded too."),
        ),
        "trail",
    ),
    Task(
        "verify",
        "verification",
        _l("Verify the history"),
        (
            _l("Open “Audit trail” and press “Verify the history”."),
            _l("It runs in the background. The result comes to the inbox."),
            _l("Each finding names the record that does not fit."),
        ),
    ),
    Task(
        "spot_checks",
        "spot_checks",
        _l("Do a spot check"),
        (
            _l("Open “Spot checks”: each has a day by which it is due."),
            _l("Visit the household and record what you found."),
            _l("A false closing reopens the ticket."),
        ),
    ),
    Task(
        "resets",
        "resets",
        _l("Approve a reset of an account"),
        (
            _l("Open “Account resets”."),
            _l("Ask the person by telephone whether it was they who asked."),
            _l("Agree or refuse. The administrator then prints the slip."),
        ),
    ),
    Task(
        "accounts",
        "users",
        _l("Add an account"),
        (
            _l("Open “Accounts” and unfold “Add an account”."),
            _l("Enter name, role and unit or village."),
            _l("Print the slip and hand it over in person."),
        ),
        "home-admin",
    ),
    Task(
        "slip",
        "users",
        _l("Reset a password"),
        (
            _l("Open “Accounts” and find the person."),
            _l("Press “Reset the password: print a slip”."),
            _l("The code on it works once."),
        ),
    ),
    Task(
        "leaves",
        "users",
        _l("Close the account of who leaves"),
        (
            _l("Open “Accounts” and find the person."),
            _l("Choose who takes over the open tickets."),
            _l("Confirm. What the person did stays on record."),
        ),
    ),
    Task(
        "workbook",
        "county_setup",
        _l("Enter the county by a workbook"),
        (
            _l("Open “County workbook” and download the empty one."),
            _l("Fill in units, villages and accounts, and upload it."),
            _l("The preview names every row that cannot be taken. Nothing is stored before you confirm."),
        ),
    ),
    Task(
        "county_units",
        "county_units",
        _l("Change units"),
        (
            _l("Open “Units of the county”."),
            _l("Correct names and addresses there."),
            _l("A merger or a division is entered by the office under “Reforms of units and villages”."),
        ),
    ),
    Task(
        "bots",
        "robots",
        _l("Connect a group bot"),
        (
            _l("Open “Group bots” and choose the unit."),
            _l("Paste the address that the group's settings show."),
            _l("From then on the unit's notifications also go to its group, without names."),
        ),
    ),
    Task(
        "factor",
        "factor",
        _l("Set up the second factor"),
        (
            _l("Open your name at the top and press “Second factor”."),
            _l("Add this device, or scan the code with an app."),
            _l("Print the recovery codes and keep them apart from the device."),
        ),
    ),
)
