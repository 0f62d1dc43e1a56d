"""Reforms: labels of their kinds and of what a unit holds, the names of what can be divided, and the sentences of their
errors."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.labels import add, labels
from web.words.language import say
from workflow.county.context import CountyContext

add(
    {
        "reform.kind": {
            "rename": _l("renamed"),
            "merge": _l("merged"),
            "split": _l("divided"),
            "move": _l("given to another town"),
        },
        "reform.state": {
            "waiting": _l("waits for its day"),
            "applied": _l("applied"),
            "withdrawn": _l("withdrawn"),
            "refused": _l("could not be applied"),
        },
        "reform.refusal": {
            "ended_already": _l("one of them had ended by then"),
            "name_in_use": _l("the new name was in use by then"),
            "name_of_the_ended": _l("the new name was that of a unit that has ended"),
            "name_near": _l("the new name was near another by then"),
            "name_looks_alike": _l("the new name looked like another by then"),
            "village_names_collide": _l("two villages of one town would have had the same name"),
            "part_unknown": _l("what a successor was to be given was no longer with the unit"),
        },
        "reform.holding": {
            "tickets": _l("open tickets"),
            "duties": _l("open duties"),
            "papers": _l("open papers"),
            "rungs": _l("rungs that wait to be issued"),
            "cases": _l("open cases"),
            "villages": _l("villages"),
            "households": _l("households"),
            "accounts": _l("accounts"),
            "posts": _l("posts"),
            "programs": _l("accounts of programs"),
            "robots": _l("group bots"),
        },
        "event": {
            "reform": _l("Reform of units or villages"),
            "plan_reform": _l("Reform entered for a day to come"),
            "withdraw_reform": _l("Reform withdrawn"),
            "reform_applied": _l("Reform applied on its day"),
            "reform_refused": _l("Reform could not be applied on its day"),
            "move_village": _l("Village given to another town"),
            "move_household": _l("Household moved with its village"),
            "user_moved": _l("Account moved by a reform"),
        },
        "field": {
            "sources": _l("which change"),
            "into": _l("merged into"),
            "parts": _l("successors"),
            "another": _l("another one than those with a near name"),
            "name_en": _l("name in English"),
        },
        "error": {
            "reform_not_yours": _l("Only a person of the county office enters a reform. Contact the office."),
            "reforms_not_yours": _l("Reforms are not part of the administrator's work. Contact the office."),
            "reform_kind": _l(
                "Choose what changes: units are renamed, merged or divided; villages are renamed, merged or given to "
                "another town."
            ),
            "reform_subject": _l("Choose units or villages."),
            "reform_day": _l("The day must be at most %(most)s days ago and at most %(ahead)s days ahead."),
            "reform_ahead": _l("The day is still to come. Enter it on the page of reforms: it is applied on its day."),
            "no_such_reform": _l("There is no such reform. Open the list of reforms again."),
            "reform_settled": _l("This reform no longer waits. Open the list of reforms again."),
            "parts_needed": _l("Enter from %(least)s to %(most)s successors, each an existing one or a new name."),
            "part_twice": _l("“%(name)s” is named twice. Name it once."),
            "part_unknown": _l("“%(name)s” is not of the unit that is divided. Choose among what it has."),
            "part_number": _l("“%(text)s” must end with “=” and the number of a successor, from 1 to %(most)s."),
            "split_one": _l("Choose exactly one to be divided."),
            "not_a_town": _l("“%(unit)s” is no town. Choose a town."),
            "in_that_town": _l("“%(village)s” is in %(town)s already. Leave it out, or choose another town."),
            "name_near": _l(
                "The name “%(name)s” is near: %(near)s. If one of these is meant, choose it; if it is another, confirm "
                "that."
            ),
            "reform_changed": _l("What it moves has changed since the preview. Check the figures again, then apply."),
            "rename_one": _l("Choose exactly one to be renamed."),
            "ended_already": _l("“%(name)s” has ended already. Choose another."),
            "unit_never_divided": _l("“%(unit)s” cannot be divided. Merge it, or choose a town or a bureau."),
            "one_type_of_unit": _l(
                "Units merge with units of their type; only the office takes in bureaus, or is set up at one. Choose again."
            ),
            "office_apart": _l(
                "At “%(name)s” the office goes on as a unit of its own. Choose the office alone, and the bureaus in a second "
                "act."
            ),
            "into_itself": _l("“%(name)s” cannot succeed itself. Choose another, or leave it out of those that end."),
            "into_or_name": _l("Choose an existing successor, or enter the name of a new one, not both."),
            "name_in_use": _l("The name “%(name)s” is used already. Enter another, or merge into that one."),
            "villages_of_one_town": _l("Choose villages of one town."),
            "village_names_collide": _l(
                "Both towns have a village with the name %(names)s. Rename one of the two first."
            ),
            "unit_has_ended": _l("“%(unit)s” has ended; “%(successor)s” succeeds it. Choose that one."),
            "village_has_ended": _l("“%(village)s” has ended; “%(successor)s” succeeds it. Choose that one."),
        },
    }
)


def topic_name(setting: CountyContext, topic: str) -> str:
    """A part of what a bureau has: a kind of ticket, or an item of the notice with its title."""
    sort, _colon, name = topic.partition(":")
    if sort == "kind":
        return say(setting.called(name))
    return f"{_('Item %(n)s', n=name)} {say(setting.scheme.indicator(int(name)).title)}"


def refusal_name(code: str) -> str:
    """Why a reform could not be applied on its day."""
    return str(labels("reform.refusal").get(code) or _("it no longer fitted the county; enter it again"))
