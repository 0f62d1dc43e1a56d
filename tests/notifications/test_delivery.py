"""How long a message that did not get through waits for its next try."""

from datetime import timedelta

from notifications.delivery import FIRST_WAIT, LONGEST_WAIT, backoff


def test_the_wait_doubles_from_try_to_try_within_a_fifth_and_up_to_a_limit() -> None:
    assert FIRST_WAIT < LONGEST_WAIT
    for tries in range(1, 40):
        plainly = min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)
        waits = {backoff(number, tries) for number in range(1, 200)}
        assert plainly * 0.8 <= min(waits) < plainly * 0.85
        assert plainly * 1.15 < max(waits) <= plainly * 1.2
        # They spread, so that a server that comes back is not asked for all of them at once.
        assert len(waits) > 100
    assert backoff(7, 3) == backoff(7, 3) != backoff(8, 3)
    assert timedelta(seconds=30) <= FIRST_WAIT
