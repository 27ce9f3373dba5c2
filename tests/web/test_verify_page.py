"""Whoever has the two public files can have the draw repeated."""

import io
import json

import pytest
from flask.testing import FlaskClient

from sampler.audit import audit
from sampler.bundle import SEALED, verifier_source
from tests.web.conftest import Opened
from tests.web.visits import draw, files_of, send, upload
from web.trials.verdict import MEANINGS, TO_COMPARE, promised

Files = dict[str, bytes]


@pytest.fixture
def files(client: FlaskClient) -> Files:
    addresses = files_of(draw(client, upload(client)))
    names = ("certificate.json", "frame.jsonl", SEALED)
    return {name: client.get(addresses[name]).data for name in names}


def ask(client: FlaskClient, certificate: bytes, frame: bytes) -> str:
    form = {
        "certificate": (io.BytesIO(certificate), "certificate.json"),
        "frame": (io.BytesIO(frame), "frame.jsonl"),
    }
    return send(client, "/verify", form).text


def test_an_honest_draw_agrees_in_every_check(client: FlaskClient, files: Files) -> None:
    page = ask(client, files["certificate.json"], files["frame.jsonl"])

    assert "全部一致" in page
    assert "小计划" in page
    assert "试抽，不是正式结果" in page


def test_a_changed_unit_is_found_and_named(client: FlaskClient, files: Files) -> None:
    frame = files["frame.jsonl"].replace("浙江省".encode(), "江苏省".encode(), 1)

    page = ask(client, files["certificate.json"], frame)

    assert "有不一致" in page
    assert "名单没有改过：不成立" in page


@pytest.mark.parametrize("noise", [b"", b"{}", b"\xff\xfe", b"[1]", b"null", b"{" * 5_000])
def test_noise_is_no_certificate(client: FlaskClient, files: Files, noise: bytes) -> None:
    assert "有不一致" in ask(client, noise, files["frame.jsonl"])


@pytest.mark.parametrize(
    ("honest", "endless"),
    [
        (b'"cap":"1/1"', b'"cap":"1e9999999999"'),
        (b'"rehearsal":true', b'"rehearsal":' + b"[" * 10**6),
    ],
    ids=["a number without end", "lists a million deep"],
)
def test_a_certificate_made_to_hang_the_service_is_broken_off(
    opened: Opened, files: Files, honest: bytes, endless: bytes
) -> None:
    client = opened(audit_seconds=3).test_client()

    page = ask(client, files["certificate.json"].replace(honest, endless), files["frame.jsonl"])

    assert "有不一致" in page


def test_a_forgotten_file_is_asked_for(client: FlaskClient) -> None:
    answer = client.post("/verify", data={})

    assert answer.status_code == 422
    assert "还差文件" in answer.text


def test_every_check_has_words_for_a_layman(files: Files) -> None:
    certificate, frame, sealed = files.values()

    findings = audit(certificate, frame, sealed)

    names = {finding.check for finding in findings if not finding.check.startswith(TO_COMPARE)}
    assert names <= set(MEANINGS)
    assert promised(findings) == json.loads(certificate)["commitment_digest"]


def test_the_programme_on_offer_is_the_one_in_the_bundle(client: FlaskClient) -> None:
    assert client.get("/verifier.py").data == verifier_source()
