"""Accounts and requests: labels of roles and HTTP errors, and the sentences of errors that no other subject owns."""

import re

from flask import g
from flask_babel import lazy_gettext as _l

from models import Unit
from reports.printable import named, unprintable
from web.words.dates import on_day
from web.words.labels import add
from web.words.language import bracketed, chinese
from workflow.county.context import UnitFact

add(
    {
        "role": {
            "village": _l("village cadre"),
            "town": _l("town"),
            "bureau": _l("bureau"),
            "office": _l("county office"),
            "leaders": _l("leading group"),
            "inspectorate": _l("inspectorate"),
            "admin": _l("administrator"),
            "system": _l("the system"),
        },
        "account.sort": {
            "name": _l("by sign-in name"),
            "person": _l("by name"),
            "role": _l("by role"),
            "unit": _l("by unit"),
            "closed": _l("disabled accounts first"),
        },
        # What to do where the state has changed meanwhile: at a page, at a program, at the command line.
        "again": {
            "page": _l("Reload the page."),
            "api": _l("Read the present state and send the request again."),
            "command": _l("Check the present state and run the command again."),
        },
        "http.title": {
            "400": _l("Bad request"),
            "401": _l("Not signed in"),
            "403": _l("Not allowed"),
            "404": _l("Not found"),
            "405": _l("Not supported"),
            "409": _l("Conflict"),
            "413": _l("Too large"),
            "422": _l("Bad input"),
            "429": _l("Too often"),
            "500": _l("Server error"),
            "503": _l("Busy"),
        },
        "http.detail": {
            "404": _l("There is nothing at this address. Check the address."),
            "405": _l("This address does not support that method. See the description of the API."),
        },
        "field": {
            "file": _l("file"),
            "name": _l("name"),
            "role": _l("role"),
            "version": _l("version"),
            "address": _l("address"),
            "day": _l("day"),
            "display_name": _l("name of the person"),
            "town": _l("town"),
            "code": _l("code"),
            "q": _l("search text"),
            "password": _l("password"),
        },
        "error": {
            "unknown_field": _l("“%(field)s” is not needed here. Leave it out."),
            "unknown_key": _l(
                "“%(key)s” is not known in “%(field)s”. Leave it out, or see the description of the API."
            ),
            "missing": _l("Fill in “%(field)s”."),
            "not_a_document": _l(
                "“%(field)s” must be the number of a document, with at least a year or a running number, such as "
                "华扶组〔2018〕16号. “%(text)s” is none."
            ),
            "document_year": _l(
                "“%(field)s” names the year %(year)s; a document's year lies from %(first)s to %(last)s. Check the number."
            ),
            "says_nothing": _l(
                "“%(field)s” says nothing with “%(text)s”. Write what was found or done, on which day and how much, or why."
            ),
            "sentence_repeated": _l(
                "“%(field)s” repeats “%(text)s”, and a repeated sentence counts once. Write what was found or done, on "
                "which day and how much."
            ),
            "no_words": _l("“%(field)s” has no words in “%(text)s”. Write in words what it is about."),
            "section_repeated": _l(
                "“%(field)s” says nothing that another section does not say. Write what belongs here."
            ),
            "not_storable": _l(
                "“%(field)s” holds a character that is not seen (a control, or a mark of direction). Type the text again."
            ),
            "not_text": _l("“%(field)s” must be text."),
            "too_long": _l("“%(field)s” is too long. The maximum is %(most)s characters."),
            "not_one_of": _l("“%(field)s” must be one of: %(choices)s."),
            "not_understood": _l("“%(field)s” is not valid here. See the description of the API."),
            "not_yes_or_no": _l("“%(field)s” must be true or false."),
            "not_a_list": _l("“%(field)s” must be a list of evidence ids."),
            "not_ticket_numbers": _l("“%(field)s” must be a list of ticket numbers."),
            "not_versions": _l("“%(field)s” must give each ticket's number and version."),
            "not_a_date": _l("“%(field)s” must be a date such as 2018-11-20."),
            "date_in_future": _l("“%(field)s” is in the future. Enter the day it happened."),
            "date_not_in_future": _l("“%(field)s” must be in the future. Enter a later day."),
            "day_off": _l(
                "%(day)s is a day off, and a deadline ends on a working day. The working days around it are %(before)s and "
                "%(after)s. Choose one."
            ),
            "unit_unknown": _l("There is no unit called “%(unit)s”. Use its code, name or alias."),
            "bad_cursor": _l("The position in the list is not valid. Start from the first page."),
            "bad_version": _l("The version must be the one the ticket was shown with. %(again)s"),
            "bad_body": _l("The request must be a JSON object. Check what was sent."),
            "bad_limit": _l("“limit” must be a whole number from 1 to 200."),
            "bad_days": _l("The limit must be a whole number of working days from 1 to %(most)s."),
            "idempotency_conflict": _l("This key was used for another request. Use a new key."),
            "no_such_item": _l("There is no such entry, or it is not yours to see."),
            "repeat_out_of_sight": _l(
                "This request was carried out before. What it made is no longer in your area, so it cannot be shown again; "
                "do not send it another time."
            ),
            "may_not_export": _l("The administrator has no access to business data, so there is nothing to export."),
            "only_the_administrator": _l("Only the administrator can do this. Contact the administrator."),
            "signed_out": _l("Sign in first."),
            "user_unknown": _l("There is no account “%(name)s”. Check the sign-in name."),
            "user_looks_alike": _l(
                "“%(name)s” looks like the sign-in name “%(other)s”, which is taken. Choose one that cannot be mistaken for it."
            ),
            "name_looks_alike": _l(
                "This name looks like one that exists (case, width, letters of another script, characters that are not seen). "
                "Choose one that cannot be mistaken for it."
            ),
            "user_exists": _l("The sign-in name “%(name)s” is taken. Choose another."),
            "bad_user_name": _l("A sign-in name has 1 to 64 characters and no spaces. Choose another."),
            "unknown_role": _l(
                "There is no role “%(role)s”. Use village, town, bureau, office, leaders, inspectorate or admin."
            ),
            "role_not_in_unit": _l("The role “%(role)s” does not belong to “%(unit)s”. Choose another unit."),
            "unit_needed": _l("The role “%(role)s” needs a unit. Give one."),
            "village_for_village_role": _l(
                "Only the account of a village cadre names a village. Add or remove the village."
            ),
            "village_exists": _l("“%(town)s” already has a village with this name or code. Choose another."),
            "village_unknown": _l("There is no village called “%(village)s”. Use its code or name."),
            "village_ambiguous": _l(
                "There are several villages called “%(village)s”. Use the code, or give the town as the unit."
            ),
            "village_several": _l(
                "“%(village)s” may be several villages: %(near)s. Write the code of the one that is meant."
            ),
            "not_oneself": _l("You cannot disable your own account. Ask another administrator."),
            "password_common": _l(
                "This password is too easy to guess: a common one, figures alone, or a repetition. Choose another."
            ),
            "password_named": _l("This password is mostly your name or your unit. Choose another."),
            "password_former": _l("This is one of your last %(kept)s passwords. Choose another."),
            "password_kinds": _l(
                "A password must have %(kinds)s kinds of characters: capitals, small letters, digits, others. Add one."
            ),
            "password_given": _l("Set a password of your own first, on the page Change password."),
            "sign_in_wrong": _l("The name or password is wrong. Check both and try again."),
            "virus_found": _l(
                "The virus scanner found %(virus)s in the file; nothing was sent. Have the device checked before sending it again."
            ),
            "scanner_down": _l(
                "The virus scanner cannot be reached, so no file is accepted. Send the form without files, or try again later."
            ),
            "asked_too_often": _l(
                "This was asked for too often in a short time; nothing was done. Try again in %(seconds)s seconds."
            ),
            "too_many_parameters": _l(
                "The address has more than %(most)s parameters. Choose less at once, or narrow the list."
            ),
            "too_many_tries": _l("Too many failed attempts. Try again in %(minutes)s minutes."),
            "password_wrong": _l("The current password is wrong. Enter it again."),
            "password_short": _l("A password must have at least %(least)s characters. Choose a longer one."),
            "no_such_post": _l(
                "There is no such post for this person. Choose a post from the list, for a person of a unit."
            ),
            "county_not_installed": _l("The county is not set up yet. Run `flask --app wsgi init`."),
            "database_of_0_1": _l("This database is of version 0.1; the last version that reads it is %(version)s."),
            "database_newer": _l(
                "This database is of a newer version (schema %(revision)s) than this program; install that version."
            ),
            "database_behind": _l(
                "This database is of an earlier version (schema %(revision)s); run `flask --app wsgi init`."
            ),
            "data_key_missing": _l(
                "XIAOHAO_DATA_KEY does not hold the key under which this database's personal data is sealed; add that key."
            ),
            "store_of_other_county": _l(
                "The evidence store bears the mark of another county; name one of this county's own in XIAOHAO_FILES."
            ),
            "store_without_files": _l(
                "The evidence store does not hold the files of the newest records: it is not mounted, or XIAOHAO_FILES names "
                "another one. It was not marked; set it right and run init again."
            ),
            "database_foreign": _l("This database holds tables that are not Xiaohao's; name an empty one of its own."),
            "county_not_empty": _l("The county already has villages. The demo fills an empty database only."),
            "backup_of_other_database": _l(
                "The backup is of a %(dialect)s database. Restore it into a database of the same type."
            ),
            "backup_unreadable": _l("The file is not a backup of this system, or it is incomplete. Choose another."),
            "backup_does_not_verify": _l(
                "The backup does not verify (%(findings)s findings, first: %(first)s). Nothing was changed."
            ),
        },
    }
)


def unit_name(unit: UnitFact | Unit) -> str:
    """A unit in the reader's language; one that has ended with its day, where another bears its name.

    A row of the table is named as it is: it does not know who else bears the name.
    """
    name = unit.name if chinese() else unit.name_en
    if isinstance(unit, Unit) or unit.until is None:
        return name
    return name + bracketed(str(_l("until %(day)s", day=on_day(unit.until))))


def place(town: str | None, village: str | None = None) -> str:
    """A town, by its name in the reader's language, and a village, which has one name alone; what is not known is left
    out."""
    if chinese():
        return (town or "") + (village or "")
    english: dict[str, str] = g.get("unit_names", {})
    return " ".join(part for part in (english.get(town or "", town), village) if part)


def size(octets: int) -> str:
    """The size of a file, so that readers on a slow connection can decide before opening it."""
    return f"{octets / 1_000_000:.1f} MB" if octets >= 100_000 else f"{max(1, round(octets / 1000))} KB"


_PRINTS = re.compile(r'href="[^"]*[/.]pdf["?]')


def unprinted(body: str) -> list[str]:
    """The characters of a page that offers a PDF which no font of papers has, each with its code; none of other pages.

    A page shows the names that its paper prints, so every page that comes to offer one names them before it is pressed.
    """
    if _PRINTS.search(body) is None:
        return []
    return [sign + bracketed(named(sign)) for sign in unprintable([body])]
