"""Lives (家庭变动): what happens to the people of a household, each as one recorded act of a day.

`life_kinds` lists what can happen, `family_input` checks it, `family_events` writes it and `family_preview` says before
what it will do.  No other module lets a person begin or end.

Decisions: docs/decisions/register.md
"""
