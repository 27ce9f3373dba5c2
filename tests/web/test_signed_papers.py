"""Papers bear the organ's signature if it has given its certificate, and are made only once."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pypdfium2
import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from tests.web.people import Service
from tests.web.published import drawn, published
from tests.web.test_draw_papers import a_draw
from web.papers.draw_papers.record import draw_record
from web.papers.shelf import Shelf
from web.papers.signing import Signatory, SignatoryIsUnusable, open_signatory

ORGAN, WORD = "演示市场监督管理局", "演示口令"
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


class Made(NamedTuple):
    """A certificate file of a made-up organ, and who vouches for it."""

    file: Path
    authority: x509.Certificate


def _name(of: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, of),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, of),
        ]
    )


def _certificate(
    of: str, key: ec.EllipticCurvePrivateKey, by: str, signer: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    is_authority = of == by
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=not is_authority, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=is_authority,
        crl_sign=is_authority, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(of))
        .issuer_name(_name(by))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False
        )
    )
    return builder.sign(signer, hashes.SHA256())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    own, top = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate("演示认证机构", top, "演示认证机构", top)
    organ = _certificate(ORGAN, own, "演示认证机构", top)
    file = tmp_path_factory.mktemp("certificate") / "organ.p12"
    lock = BestAvailableEncryption(WORD.encode())
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"organ", own, organ, [authority], lock))
    return Made(file, authority)


@pytest.fixture
def signatory(made: Made) -> Signatory:
    return open_signatory(made.file, WORD)


def judged(paper: bytes, made: Made) -> PdfSignatureStatus:
    """What somebody finds who trusts the authority."""
    (signature,) = PdfFileReader(io.BytesIO(paper)).embedded_signatures
    anchor = asn1.Certificate.load(made.authority.public_bytes(Encoding.DER))
    trust = ValidationContext(trust_roots=[anchor], moment=NOON, allow_fetching=False)
    # it runs an event loop of its own, and a browser of other tests may have left one running
    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(validate_pdf_signature, signature, trust).result()


def text_of(paper: bytes) -> str:
    document = pypdfium2.PdfDocument(paper)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_a_signature_is_accepted_by_whoever_trusts_the_authority(
    signatory: Signatory, made: Made
) -> None:
    paper = signatory.signed(draw_record(a_draw(signed_by=signatory.name)), NOON)
    (signature,) = PdfFileReader(io.BytesIO(paper)).embedded_signatures

    status = judged(paper, made)
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.timestamp_validity is None
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.self_reported_timestamp == NOON
    assert signature.docmdp_level.value == 1


def test_one_changed_byte_breaks_the_signature(signatory: Signatory, made: Made) -> None:
    paper = bytearray(signatory.signed(draw_record(a_draw()), NOON))
    paper[paper.index(b"/Lang") - 20] ^= 1

    assert not judged(bytes(paper), made).intact


def test_a_signed_paper_says_by_whom_and_that_no_third_party_dated_it(
    signatory: Signatory,
) -> None:
    told = text_of(signatory.signed(draw_record(a_draw(signed_by=signatory.name)), NOON))

    assert f"本文件已电子签名，签名人：{ORGAN}" in told.replace("\r\n", "")
    assert "不含可信时间戳" in told.replace("\r\n", "")
    assert "电子签名" not in text_of(draw_record(a_draw()))


def test_a_signature_leaves_the_tags_and_the_text_as_they_were(signatory: Signatory) -> None:
    plain = draw_record(a_draw())
    signed = signatory.signed(plain, NOON)

    assert text_of(signed) == text_of(plain)
    assert "/StructTreeRoot" in PdfFileReader(io.BytesIO(signed)).root


def test_a_file_that_cannot_be_opened_is_said_in_words(made: Made, tmp_path: Path) -> None:
    (tmp_path / "no.p12").write_bytes(b"no certificate")

    with pytest.raises(SignatoryIsUnusable, match="口令不对"):
        open_signatory(made.file, "别的口令")
    with pytest.raises(SignatoryIsUnusable, match="不是 PKCS#12"):
        open_signatory(tmp_path / "no.p12", WORD)
    with pytest.raises(SignatoryIsUnusable, match="读不到"):
        open_signatory(tmp_path / "missing.p12", WORD)


# -- as the public gets them -----------------------------------------------------------------------


def paper_of(service: Service, public: tuple[int, int], name: str = "record.pdf") -> bytes:
    plan, number = public
    answer = service.app.test_client().get(f"/published/draws/{plan}/{number}/papers/{name}")
    assert answer.status_code == 200
    return bytes(answer.data)


def test_everybody_gets_the_same_signed_bytes(
    service: Service, signatory: Signatory, made: Made
) -> None:
    service.app.extensions["signatory"] = signatory
    public = drawn(service, published)

    first = paper_of(service, public)

    assert judged(first, made).bottom_line
    assert ORGAN in text_of(first)
    assert paper_of(service, public) == first
    plan, _ = public
    notice = service.app.test_client().get(f"/published/plans/{plan}/notice.pdf").data
    assert judged(notice, made).bottom_line


def test_a_paper_signed_in_time_outlives_the_certificate_and_a_late_one_says_nothing(
    service: Service, signatory: Signatory
) -> None:
    service.app.extensions["signatory"] = signatory
    public = drawn(service, published)
    first = paper_of(service, public)

    ended = service.time - timedelta(days=1)
    service.app.extensions["signatory"] = replace(signatory, valid_until=ended)

    assert paper_of(service, public) == first
    late = paper_of(service, public, "certificate.pdf")
    assert not PdfFileReader(io.BytesIO(late)).embedded_signatures
    assert "电子签名" not in text_of(late)


def test_a_service_without_an_address_of_its_own_keeps_no_paper(service: Service) -> None:
    settings = service.app.extensions["settings"]
    service.app.extensions["settings"] = replace(settings, public_url="")
    public = drawn(service, published)

    assert paper_of(service, public)
    assert not (settings.data_dir / "papers").exists()


# -- the shelf -------------------------------------------------------------------------------------

KEY = "ab" * 32


def test_a_paper_is_made_once(tmp_path: Path) -> None:
    made: list[bytes] = []

    def make() -> bytes:
        made.append(b"paper %d" % len(made))
        return made[-1]

    shelf = Shelf(tmp_path)
    assert [shelf.take(KEY, make) for _ in range(3)] == [b"paper 0"] * 3
    assert Shelf(tmp_path).find(KEY) == b"paper 0"
    assert shelf.find("cd" * 32) is None


def test_many_who_come_at_once_get_the_paper_that_stays(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)

    with ThreadPoolExecutor(8) as crowd:
        got = list(crowd.map(lambda n: shelf.take(KEY, lambda: b"paper %d" % n), range(40)))

    assert set(got) == {shelf.find(KEY)}


@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_a_damaged_paper_is_made_anew(tmp_path: Path, harm: str) -> None:
    shelf = Shelf(tmp_path)
    shelf.take(KEY, lambda: b"first")
    (kept,) = (path for path in tmp_path.glob("??/*") if path.is_file() and len(path.name) == 62)
    kept.unlink()
    if harm == "altered":
        kept.write_bytes(b"forged")

    assert shelf.find(KEY) is None
    assert shelf.take(KEY, lambda: b"second") == b"second"
    assert shelf.find(KEY) == b"second"
