"""The numbers an institution bears: its social credit code and its certificate number."""

import re
from dataclasses import dataclass
from operator import mul

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a credit code, in order of value: no I, O, S, V, Z (GB 32100-2015)."""

_CREDIT_CODE = re.compile(rf"[0-9]{{8}}[{CREDIT_ALPHABET}]{{10}}")
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def _weighed(body: str, alphabet: str, weights: tuple[int, ...]) -> int:
    if len(body) != len(weights):
        raise ValueError(f"needs {len(weights)} characters: {body!r}")
    return sum(map(mul, map(alphabet.index, body), weights))


def credit_check_sign(body: str) -> str:
    """The 18th character of a credit code, from its first 17 (GB 32100-2015).

    Raises
    ------
    ValueError
        If *body* has another length or a character outside `CREDIT_ALPHABET`.
    """
    # the outer modulo matters: without it a remainder of 0 would ask for a 32nd character
    return CREDIT_ALPHABET[-_weighed(body, CREDIT_ALPHABET, _CREDIT_WEIGHTS) % 31]


def organisation_check_sign(body: str) -> str:
    """The 9th character of an organisation code, from its first 8 (GB 11714-1997).

    Raises
    ------
    ValueError
        If *body* has another length or a character that is no digit or capital letter.
    """
    return "0123456789X"[-_weighed(body, _ORGANISATION_ALPHABET, _ORGANISATION_WEIGHTS) % 11]


def compose_credit_code(kind: str, region: str, organisation: str) -> str:
    """A valid credit code with both check characters computed.

    Parameters
    ----------
    kind : registering authority and category, two digits: `91` enterprise, `12` public
        institution, `52` private non-enterprise body.
    region : six digits after GB/T 2260.
    organisation : eight characters of `CREDIT_ALPHABET`.

    Raises
    ------
    ValueError
        If a part has another length or a character that does not belong there.
    """
    if not (kind + region).isdecimal() or len(kind) != 2:
        raise ValueError(f"not a registering authority and region: {kind!r} {region!r}")
    body = kind + region + organisation + organisation_check_sign(organisation)
    return body + credit_check_sign(body)


def is_credit_code(text: str) -> bool:
    """Whether *text* is exactly a credit code: 18 characters, capitals, check right."""
    # our own: that of the library costs five times as much, and a file has 53,834 of them
    return bool(_CREDIT_CODE.fullmatch(text)) and credit_check_sign(text[:17]) == text[17]


def _numbered(names: str) -> tuple[str, ...]:
    return tuple(names.split())


ISSUERS = _numbered(
    "国家 北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 "
    "河南 湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆"
)
"""Who issued a certificate, by number. This list is not GB/T 2260: Zhejiang is 11, not 33."""

CERTIFIED_FIELDS = _numbered(
    "食品 建筑工程 建材 卫生计生 农林牧渔 机动车安检 公安刑事技术 司法鉴定 机械 电子信息 轻工 "
    "纺织服装 环境与环保 水质 化工 医疗器械 采矿冶金 能源 医学 生物安全 综合 其他"
)
"""Professional field of a certificate, by number; whoever may test food is always 00."""

INDUSTRIES = _numbered(
    "教育 工业和信息 公安 司法 国土资源 环保 住房与建设 交通 水利 农业 卫计委 技术监督 检验检疫 "
    "安全生产 食品药品 林业 中科院 粮食 国防科工 海洋 测绘 铁路 机械 化工 石油 电力 轻工 商贸 "
    "建材 供销 分析测试与冶金 有色 节能 军队 其他"
)
"""Department in charge of the holder's industry, by number."""

LAST_SERIAL = 9_999


@dataclass(frozen=True)
class CertificateNumber:
    """What the 12 digits of a CMA certificate say: year, issuer, field, industry, serial.

    *year* has four digits (2000 to 2099); *issuer*, *field* and *industry* are places in
    `ISSUERS`, `CERTIFIED_FIELDS` and `INDUSTRIES`; *serial* runs from 1 to `LAST_SERIAL`.
    """

    year: int
    issuer: int
    field: int
    industry: int
    serial: int

    def __post_init__(self) -> None:
        known = (
            2000 <= self.year <= 2099
            and 0 <= self.issuer < len(ISSUERS)
            and 0 <= self.field < len(CERTIFIED_FIELDS)
            and 0 <= self.industry < len(INDUSTRIES)
            and 1 <= self.serial <= LAST_SERIAL
        )
        if not known:
            raise ValueError(f"no such certificate number: {self!r}")

    def __str__(self) -> str:
        return (
            f"{self.year % 100:02}{self.issuer:02}{self.field:02}{self.industry:02}{self.serial:04}"
        )


def read_certificate_number(text: str) -> CertificateNumber | None:
    """What *text* says as a CMA certificate number, or None when it does not say it.

    None is a doubt, never a fault: numbers of the old form are still in use, and a
    province may number in its own way.
    """
    if len(text) != 12 or not (text.isascii() and text.isdigit()):
        return None
    year, issuer, field, industry = (int(text[at : at + 2]) for at in range(0, 8, 2))
    try:
        return CertificateNumber(2000 + year, issuer, field, industry, serial=int(text[8:]))
    except ValueError:
        return None
