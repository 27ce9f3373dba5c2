"""The numbers in a cell: credit codes, certificate numbers; what is lost, and what is meant."""

import re

from rosters.identifiers import CREDIT_ALPHABET, credit_check_sign, read_certificate_number
from rosters.sheets.faults import Severity
from rosters.sheets.spelling import half_width, plain

Doubt = tuple[str, dict[str, object], Severity]
"""Code, parameters and severity of a fault, before it is known where the cell stands."""

CODE_LENGTH = 18
OLD_LENGTHS = (13, 15)

_CREDIT_CODE = re.compile(rf"[0-9]{{8}}[{CREDIT_ALPHABET}]{{10}}")
_LOOKALIKES = str.maketrans("OIZSV", "0125U")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}")
_ROUNDED = re.compile(r"\d{15}0{3}")
_DECIMALS = re.compile(r"(\d{12,18})\.0+")
_DASHES = str.maketrans("", "", "-‐‑–—_'’`")


def error(code: str, **params: object) -> Doubt:
    """A fault that keeps the row out."""
    return code, params, Severity.ERROR


def warning(code: str, **params: object) -> Doubt:
    """A fault that only asks for a look."""
    return code, params, Severity.WARNING


def _is_credit_code(code: str) -> bool:
    # the same as identifiers.is_credit_code at a fifth of the cost: a file has 53,834 of them
    return bool(_CREDIT_CODE.fullmatch(code)) and credit_check_sign(code[:17]) == code[17]


def read_credit_code(text: str) -> tuple[str | None, Doubt | None]:
    """The credit code that *text* holds, and what is wrong with it (GB 32100-2015).

    Full-width signs, blanks, dashes and small letters are forgiven. An old registration number
    (15 digits, 13 before 2007), which some bodies still bear, is read with a warning.
    """
    if _is_credit_code(text):
        return text, None
    code = _DECIMALS.sub(r"\1", plain(text).upper().translate(_DASHES))
    if _is_credit_code(code):
        return code, None
    if len(code) in OLD_LENGTHS and code.isascii() and code.isdigit():
        return code, warning("old_registration_no")
    return None, _credit_code_doubt(code)


def _credit_code_doubt(code: str) -> Doubt:
    if _SCIENTIFIC.fullmatch(code) or _ROUNDED.fullmatch(code):
        return error("damaged_number")
    if len(code) != CODE_LENGTH:
        return error("credit_code_length", length=len(code))
    strange = next((sign for sign in code if sign not in CREDIT_ALPHABET), "")
    meant = code.translate(_LOOKALIKES)
    if strange and _is_credit_code(meant):
        return error("credit_code_lookalike", sign=strange, suggestion=meant)
    return error("credit_code_sign", sign=strange) if strange else error("credit_code_check")


_HARD = re.compile(r"[、,;/|\n]+")
_OLD_FORM = re.compile(r"[(\[〔【]?(?:19|20)\d{2}[)\]〕】]?\([^()]{1,4}\).{2,12}?\d{2,6}号?")
_UNIFIED = re.compile(r"\d{12}")
_UNWIDE = str.maketrans("()", "（）")


def read_certificate_numbers(text: str) -> tuple[tuple[str, ...], tuple[Doubt, ...]]:
    """The certificate numbers that a cell lists, each once, and doubts about them.

    They are separated by 、 ， ； / | or a line break, or by blanks where both sides are whole
    numbers. A number of the old form, （2017）（陕）质监认字002号, stays whole and keeps its
    full-width brackets. A number that cannot be decoded is a doubt, never a fault: a province
    may number in its own way. Only digits that the spreadsheet has lost are a fault.
    """
    numbers: dict[str, None] = {}
    doubts: list[Doubt] = []
    for part in _HARD.split(half_width(text)):
        for piece in _pieces(part):
            number = _DECIMALS.sub(r"\1", "".join(piece.split()).upper())
            if number and _SCIENTIFIC.fullmatch(number):
                doubts.append(error("damaged_number"))
            elif number:
                numbers[number.translate(_UNWIDE)] = None
    doubts.extend(warning("certificate_unusual", number=n) for n in numbers if not _usual(n))
    return tuple(numbers), tuple(doubts)


def _pieces(part: str) -> list[str]:
    pieces = part.split()
    return pieces if all(map(_is_whole, pieces)) else [part]


def _is_whole(piece: str) -> bool:
    return bool(_UNIFIED.fullmatch(piece) or _OLD_FORM.fullmatch(piece))


def _usual(number: str) -> bool:
    old = _OLD_FORM.fullmatch(half_width(number))
    return read_certificate_number(number) is not None or old is not None
