"""Help of those who work on tickets: villages, towns and bureaus, task by task."""

from flask_babel import lazy_gettext as _l

from web.words.help_task import Task

TASKS = (
    Task(
        "day",
        "home",
        _l("See what waits for you"),
        (
            _l("The first page lists what was returned to you, whom to visit, what to act on and what is due soon."),
            _l("Open the first line: its button is on the page it leads to."),
            _l("What waits for others is folded at the end of the page."),
        ),
        "home-town",
    ),
    Task(
        "file",
        "file",
        _l("File a ticket"),
        (
            _l("Press “File a ticket” and choose the household."),
            _l("Choose what is missing, write what you saw, and add photos."),
            _l("The page says who gets it and by when. Press “Submit”."),
        ),
    ),
    Task(
        "checkup",
        "visits",
        _l("Check a household"),
        (
            _l("Open “Visits” and choose the household."),
            _l("Mark each requirement as met or unmet and add a photo."),
            _l("Press “Submit the checkup”. For what is unmet a ticket is filed with it."),
        ),
        "checkup",
    ),
    Task(
        "away",
        "phone",
        _l("Work without a signal"),
        (
            _l("Where there is a signal, open “On this phone”, choose a PIN and press “Take along”."),
            _l("Without a signal the same pages open. What you send is kept on the phone."),
            _l("It is sent by itself once there is a signal. What was not accepted says why."),
        ),
    ),
    Task(
        "returned",
        "tickets",
        _l("Complete a returned ticket"),
        (
            _l("Open the ticket under “Returned to us”."),
            _l("Read why it was returned, and add what is asked for."),
            _l("Send it again from the same form."),
        ),
    ),
    Task(
        "evidence",
        "tickets",
        _l("Add evidence to a ticket"),
        (
            _l("Open the ticket and unfold “Add evidence”."),
            _l("Take a photo, or choose photos and papers. They are sent while you write."),
            _l("Press the button once. A cut line loses nothing."),
        ),
        "ticket",
    ),
    Task(
        "find",
        "tickets",
        _l("Find a ticket"),
        (
            _l("Open “Tickets” and press “All tickets”."),
            _l("Type a part of the number, the name, its pinyin or the village. The list follows."),
            _l("Narrow the list by kind, state or date if it is long."),
        ),
    ),
    Task(
        "notify",
        "preferences",
        _l("Choose how you are notified"),
        (
            _l("Open your name at the top and press “Notification settings”."),
            _l("Enter your e-mail address or mobile number and choose what is sent."),
            _l("Messages that the rules require always come to the inbox."),
        ),
        "preferences",
    ),
    Task(
        "endorse",
        "tickets",
        _l("Endorse what the villages filed"),
        (
            _l("Open “Tickets”: under “To endorse” each row shows photos, cause and destination."),
            _l("Tick the rows that are right. A row without evidence has to be opened first."),
            _l("Press the button once for all of them. What came of each is shown above the list."),
        ),
        "home-town",
    ),
    Task(
        "confirm",
        "tickets",
        _l("Confirm on the spot"),
        (
            _l("Open the ticket under “To confirm on the spot”. Those of one village stand together."),
            _l("Look at what was done, enter the day you were there and add a photo."),
            _l("Confirm it, or return it with the reason."),
        ),
    ),
    Task(
        "entry",
        "duties",
        _l("Record progress of a duty"),
        (
            _l("Open “Duties” and choose the duty."),
            _l("Enter what was done and add the evidence that it asks for."),
            _l("A mistake is corrected by a new entry. Both stay on record."),
        ),
        "duties",
    ),
    Task(
        "more_time",
        "tickets",
        _l("Request more time"),
        (
            _l("Open the ticket and unfold “Request more time”."),
            _l("Choose the reason, the day and the paper that proves it."),
            _l("Until the office answers, the time limit stays as it is."),
        ),
    ),
    Task(
        "accept",
        "tickets",
        _l("Accept tickets"),
        (
            _l("Open “Tickets”: what waits to be accepted comes first."),
            _l("Tick those that are yours and accept them in one act."),
            _l("Name the handler, if your unit works that way."),
        ),
        "home-bureau",
    ),
    Task(
        "resolve",
        "tickets",
        _l("Resolve a ticket"),
        (
            _l("Open the ticket and read what evidence its kind requires."),
            _l("Write what was done and add the evidence."),
            _l("Send it. The town then confirms it on the spot."),
        ),
        "ticket",
    ),
    Task(
        "decline",
        "tickets",
        _l("Decline a ticket that is not yours"),
        (
            _l("Open the ticket before its limit for acceptance is over."),
            _l("Name the ground and the unit that it belongs to."),
            _l("The office assigns it. Your time stops while it decides."),
        ),
    ),
    Task(
        "paper_answer",
        "papers",
        _l("Answer a paper"),
        (
            _l("Open “Papers” and confirm receipt."),
            _l("Write what was put right and attach the material."),
            _l("If the paper is wrong, request that it be revoked on the same page."),
        ),
        "papers",
    ),
)
