"""A blueprint for each noun: open the door, read the input, call one operation, answer."""

from typing import cast

from flask import current_app

from web.trials.apart import Auditors
from web.trials.desk import Desk
from web.trials.inputs import Offer


def desk() -> Desk:
    """The trials of this process."""
    return cast(Desk, current_app.extensions["desk"])


def auditors() -> Auditors:
    """Who looks at files from anybody."""
    return cast(Auditors, current_app.extensions["auditors"])


def offer() -> Offer:
    """What visitors may take instead of files of their own."""
    return cast(Offer, current_app.extensions["offer"])
