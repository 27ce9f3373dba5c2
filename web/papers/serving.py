"""Papers as they are handed out: signed if the organ has a certificate here, and kept."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from flask import Flask, current_app

from web.auth import now
from web.papers.shelf import Shelf
from web.papers.signing import Signatory, open_signatory
from web.settings import Settings

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

EDITION = 1
"""Of the layout. A kept paper stays as it was set; a higher number sets all of them anew."""

Facts = TypeVar("Facts", bound="DataclassInstance")


def install(app: Flask, settings: Settings) -> None:
    """Open the certificate, if one is set.

    Raises
    ------
    web.papers.signing.SignatoryIsUnusable
    """
    app.extensions["signatory"] = signatory_of(settings)


def signatory_of(settings: Settings) -> Signatory | None:
    """Who signs for the service; nobody if nothing is set.

    Raises
    ------
    web.papers.signing.SignatoryIsUnusable
    """
    one = settings.signing
    return open_signatory(one.file, one.passphrase) if one else None


def served(kind: str, facts: Facts, make: Callable[[Facts], bytes]) -> bytes:
    """A paper in PDF, signed if it can be, the same bytes for everybody.

    A paper that was signed in time is handed out unchanged when the certificate has expired; one
    that was not is left unsigned, and says nothing of a signature.

    Parameters
    ----------
    kind : what is made, apart from what it says: the name of the file.
    facts : what it says; with a field `signed_by`.
    """
    signatory: Signatory | None = current_app.extensions["signatory"]
    if signatory is None:
        return unsigned(kind, facts, make)
    moment = now()
    told = replace(facts, signed_by=signatory.name)
    key = _key(f"{kind} {signatory.fingerprint}", told)
    if not signatory.may_sign(moment):
        return _shelf().find(key) or unsigned(kind, facts, make)
    return _shelf().take(key, lambda: signatory.signed(make(told), moment))


def unsigned(kind: str, facts: Facts, make: Callable[[Facts], bytes]) -> bytes:
    """A paper, or a workbook, that is never signed: made once for equal *facts*.

    Without an address of its own the service prints the one it was asked under, which anybody can
    choose: such papers are not kept.
    """
    if not current_app.extensions["settings"].public_url:
        return make(facts)
    return _shelf().take(_key(kind, facts), lambda: make(facts))


def _key(kind: str, facts: object) -> str:
    return hashlib.sha256(f"{EDITION} {kind}\n{facts!r}".encode()).hexdigest()


def _shelf() -> Shelf:
    return Shelf(current_app.extensions["settings"].data_dir / "papers")
