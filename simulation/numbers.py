"""ID numbers and phones for people who do not exist: they hold, so that the register takes them, and are nobody's.

An ID number ends in a sequence from 996 to 999, which registries keep for who was a hundred years old when numbers were
given out; here the owners are younger.  A phone begins with 100, as no mobile number does.
"""

from datetime import date, timedelta

from models import Household, Member
from workflow.county.vault import Vault, mask_id, mask_phone

REGION = "441424"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
#: By sex; an odd sequence is a man's.
_SEQUENCES = {"m": ("999", "997"), "f": ("998", "996")}
#: So many days around a birth are tried; a county in which they are all taken has some people without a number.
_TRIED = 400


def checked(seventeen: str) -> str:
    """The ID number whose first seventeen digits these are."""
    return seventeen + "10X98765432"[sum(int(a) * b for a, b in zip(seventeen, _WEIGHTS, strict=True)) % 11]


class Numbers:
    """Gives out numbers one after another, none twice, sealed as an import seals them."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._given: set[str] = set()
        self._phones = 0

    def give(self, member: Member, today: date) -> None:
        """An ID number of the member's sex and birth; where that day's are taken the birth moves on by days."""
        assert member.born_on is not None
        for days in range(_TRIED):
            born = member.born_on + timedelta(days=days)
            if born > today:
                return
            for sequence in _SEQUENCES[member.sex or "m"]:
                number = checked(f"{REGION}{born:%Y%m%d}{sequence}")
                if number not in self._given:
                    self._given.add(number)
                    member.born_on = born
                    member.id_sealed, member.id_index = self._vault.seal(number), self._vault.index(number)
                    member.id_masked = mask_id(number)
                    return

    def connect(self, household: Household) -> None:
        """A phone."""
        self._phones += 1
        number = f"100{self._phones:08d}"
        household.phone_sealed, household.phone_index = self._vault.seal(number), self._vault.index(number)
        household.phone_masked = mask_phone(number)
