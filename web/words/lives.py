"""Lives: labels of what happens in a family, and the sentences of its errors."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

add(
    {
        # What is recorded, as the button says it.
        "life.kind": {
            "died": _l("Died"),
            "born": _l("Child born"),
            "came_in": _l("Came in (marriage, return)"),
            "married_out": _l("Married out"),
            "moved_away": _l("Moved away"),
            "moved": _l("Moved to another household"),
            "head": _l("Becomes head"),
            "registered": _l("Missing on the register"),
            "struck": _l("Registered by mistake"),
            "split": _l("Household splits"),
            "merged": _l("Merged into another household"),
            "relocated": _l("Moves to another village or town"),
            "code_corrected": _l("Code corrected"),
            "undone": _l("Household entered by mistake"),
        },
        # What is on record, as a history says it.
        "life.past": {
            "died": _l("died"),
            "born": _l("born"),
            "came_in": _l("came in"),
            "married_out": _l("married out"),
            "moved_away": _l("moved away"),
            "moved": _l("moved to another household"),
            "moved_in": _l("moved in from another household"),
            "head": _l("became head"),
            "registered": _l("added to the register"),
            "struck": _l("struck off, registered by mistake"),
            "split": _l("split off into a household of their own"),
            "entered": _l("registered after being reported"),
            "split_off": _l("split off from a household"),
            "merged": _l("merged into a household"),
            "merged_in": _l("joined by a household"),
            "relocated": _l("moved to another place"),
            "code_corrected": _l("code corrected"),
            "undone": _l("entry undone, entered by mistake"),
        },
        # How another household is related to the one of the page.
        "household.relative": {
            "origin": _l("split from"),
            "successor": _l("merged into"),
            "joined": _l("was merged into this one"),
            "offshoot": _l("split from this one"),
        },
        "member.place": {
            "head": _l("head"),
        },
        "field": {
            "members": _l("persons concerned"),
            "person": _l("person"),
            "head": _l("new head"),
            "to": _l("code of the household, or village"),
            "to.moved": _l("code of the household moved to"),
            "to.split": _l("code of the new household"),
            "to.merged": _l("code of the household merged into"),
            "to.code_corrected": _l("new code of the household"),
            "to.relocated": _l("village moved to (code or name)"),
            "cadre": _l("responsible cadre"),
            "head_name": _l("name of the head"),
            "ends": _l("end of the household"),
            "born_on": _l("date of birth"),
            "relation": _l("relation to the head"),
            "sex": _l("sex"),
            "id_number": _l("ID number"),
            "labour": _l("labour ability"),
        },
        "import.fault": {
            "gone_asked": _l(
                "The file says beside the name that this person died or left, and the register has the person living here. "
                "Record it on the household’s page “Family changes”, then import the file again."
            ),
            "gone_heads": _l(
                "The file says beside the name that the head of this new household died or left. Name a living head."
            ),
            "birth_count_unclear": _l(
                "“%(value)s” may be the day count of a spreadsheet, or a year and month. Write the date as 1955-03-03 or "
                "2015-01."
            ),
        },
        "import.notice": {
            "former_code": _l("%(written)s is a former code of household %(code)s and was read as that."),
            "said_gone": _l(
                "“%(value)s”: the file says that this person died or left. The row was left out; the others were taken."
            ),
        },
        "error": {
            "family_not_yours": _l(
                "What happens in a family is recorded by its village, its town or the county office. Contact one of them."
            ),
            "household_act_not_yours": _l(
                "What happens to a household as a whole is recorded by its town, the town it comes to, or the county office."
            ),
            "undoing_is_the_offices": _l("Only the county office undoes an entry. Contact it with the reason."),
            "lives_there_already": _l("The household is in %(village)s already. Choose another village."),
            "merges_with_itself": _l("This is the household itself. Enter the code of the other one."),
            "merges_into_exited": _l(
                "Household %(code)s has exited and this one has not: nobody exits by a merger. Merge %(code)s into this "
                "household instead, or put it back on the register first."
            ),
            "split_leaves_nobody": _l(
                "Somebody must stay. If all leave, choose “Moves to another village or town” or “Merged into another "
                "household”."
            ),
            "pass_headship_first": _l(
                "The head is among them. Choose those who leave the head, or record first who becomes head."
            ),
            "code_taken": _l(
                "There is a household “%(code)s” already. To move people to it choose “Moved to another household”."
            ),
            "code_wrong": _l("This cannot be a code of a household: at most 64 characters, without slashes."),
            "code_was_anothers": _l(
                "“%(code)s” is a former code of household %(now)s and stays its own. Enter another code."
            ),
            "code_is_the_same": _l("“%(code)s” is the present code of the household. Enter the corrected one."),
            "no_such_open_ticket": _l("The household has no open ticket %(number)s. Choose from the list."),
            "head_name_wrong": _l(
                "No household %(code)s has a head of this name. Check both; the town it is in can record the move as well."
            ),
            "household_changed": _l(
                "Since you looked, something of the household changed. Look at what it moves once more."
            ),
            "life_kind_unknown": _l("“%(kind)s” is not a kind of family change. Choose one from the list."),
            "member_ended": _l("%(name)s is no longer a member of this household. %(again)s"),
            "no_such_member": _l("“%(field)s”: choose a present member of this household."),
            "before_the_beginning": _l(
                "%(name)s has been a member or alive only since %(day)s. Enter that day or a later one."
            ),
            "before_the_birth": _l("The day is before the birth on %(day)s. Correct one of the two."),
            "unknown_choice": _l("“%(field)s”: choose one of the values offered."),
            "id_contradicts": _l("“%(field)s” does not match the ID number. Correct one of the two."),
            "name_signs": _l("“%(field)s” is not a name. Enter the name without digits and signs."),
            "id_number_wrong": _l("This is not a valid ID number. Check each digit, or leave it empty for now."),
            "no_household_to_move_to": _l(
                "There is no household “%(code)s” on the register to move to. Check the code; for a move out of the "
                "register choose “Moved away”."
            ),
            "moves_to_itself": _l("This is the household the person lives in. Enter the code of the other one."),
            "number_of_a_member": _l("This is the number of %(name)s, a member of this household already."),
            "already_a_member": _l("%(name)s with this birth is a member of this household already."),
            "lives_elsewhere": _l(
                "A person with this ID number lives in another household of the register. Record the move on that "
                "household’s page; its village, its town or the county office can do it."
            ),
            "head_missing": _l("The head is among them: choose who becomes head."),
            "one_head": _l("A household has one head: choose one person."),
            "head_already": _l("%(name)s is the head already. Choose another person."),
            "head_first": _l(
                "The register knows no member of this household. Add the head %(head)s first, as “Missing on the "
                "register”, or import its members."
            ),
            "nobody_remains": _l(
                "Nobody would remain: the household ends, with %(tickets)s open tickets. Tick “The household ends” to "
                "confirm."
            ),
            "ending_is_the_offices": _l(
                "Nobody would remain, and %(tickets)s tickets are open: only the county office can record this. Contact it."
            ),
        },
    }
)
