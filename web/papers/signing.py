"""The organ's electronic signature on a paper (PAdES-B, ETSI EN 319 142-1; 电子签名法, 第十三条).

The certificate and its key come from a PKCS#12 file. No time stamp of a third party is added: the
service may have no way out of its network; the paper says so.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

FIELD = "organ"
REASON = "证明本文件由签名单位发布，此后没有改动"


class SignatoryIsUnusable(ValueError):
    """The file with certificate and key cannot be read; says in words why."""


@dataclass(frozen=True)
class Signatory:
    """Who signs papers.

    Attributes
    ----------
    name : of the organ, as its certificate says.
    fingerprint : SHA-256 of the certificate, in hexadecimal.
    """

    signer: "SimpleSigner"
    name: str
    fingerprint: str
    valid_from: datetime
    valid_until: datetime

    def may_sign(self, now: datetime) -> bool:
        """Whether the certificate is valid at this moment."""
        return self.valid_from <= now <= self.valid_until

    def signed(self, paper: bytes, now: datetime) -> bytes:
        """*paper* with a signature that allows no later change."""
        # imported late: only those who sign pay for it
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
        from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

        class Dated(PdfSigner):
            def init_signing_session(self, *arguments: Any, **options: Any) -> Any:
                session = super().init_signing_session(*arguments, **options)
                session.system_time = now
                return session

        told = PdfSignatureMetadata(
            field_name=FIELD,
            reason=REASON,
            name=self.name,
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            md_algorithm="sha256",
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(paper))
        # it runs an event loop of its own, and whoever asks may be inside of one
        with ThreadPoolExecutor(max_workers=1) as apart:
            signed = apart.submit(Dated(told, self.signer).sign_pdf, writer).result()
        return bytes(signed.getvalue())


def open_signatory(file: Path, passphrase: str) -> Signatory:
    """The signatory whose certificate and key stand in a PKCS#12 file.

    Raises
    ------
    SignatoryIsUnusable
    """
    from pyhanko.sign.signers import SimpleSigner

    try:
        signer = SimpleSigner.load_pkcs12_data(file.read_bytes(), [], passphrase.encode())
    except OSError:
        raise SignatoryIsUnusable(f"读不到电子签名证书文件“{file}”。") from None
    except ValueError:
        raise SignatoryIsUnusable(f"“{file}”不是 PKCS#12 证书文件，或者口令不对。") from None
    certificate = signer.signing_cert
    told = certificate.subject.native
    return Signatory(
        signer,
        str(told.get("organization_name") or told["common_name"]),
        certificate.sha256.hex(),
        certificate.not_valid_before,
        certificate.not_valid_after,
    )
