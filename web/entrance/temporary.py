"""Temporary passwords: made by the service, said once, changed at the first log-in."""

from collections.abc import Callable

from core.passwords import PasswordRules, faults

SMALL, CAPITALS, DIGITS = "abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKMNPQRSTUVWXYZ", "23456789"
"""Without signs that look alike: it is read out over the telephone."""

GROUPS, LENGTH = 4, 4


def temporary_password(login_name: str, rules: PasswordRules, choice: Callable[[str], str]) -> str:
    """A password in groups of four signs, some 75 random bits, that breaks no rule.

    Parameters
    ----------
    choice : picks a sign; `secrets.choice` in the service.
    """
    signs = SMALL + CAPITALS + DIGITS
    while True:
        groups = ("".join(choice(signs) for _ in range(LENGTH)) for _ in range(GROUPS))
        password = "-".join(groups)
        if not faults(password, login_name, rules):
            return password
