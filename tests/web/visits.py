"""What a visitor does, step by step, with Flask's test client."""

import io
import re
import time
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from web.settings import DemoSize

SMALL = DemoSize(units=3_000, national=300, seed=7)
SEEDS = ("甲 27", "乙 0519")

PLAN = """
name = "小计划"
n = 6
[fields]
"食品检验" = 4
"机动车检验" = 2
"""
ROSTER = "unit_id,name,fields,qi_centre,level,province,credit_class\n" + "".join(
    f"U{i:02},机构{i},{'食品检验' if i % 2 else '食品检验|机动车检验'},0,省级,浙江省,A\n"
    for i in range(12)
)


def begin(client: FlaskClient, **form: Any) -> TestResponse:
    """The first page sent off; demo roster and the plan of 2023 unless told otherwise."""
    return send(client, "/draws", {"roster": "demo", "plan": "2023-national", **form})


def send(client: FlaskClient, address: str, form: dict[str, Any]) -> TestResponse:
    """A form with files; encoded here, because the client leaves large bodies open."""
    files = {
        key: FileStorage(value[0], filename=value[1]) if isinstance(value, tuple) else value
        for key, value in form.items()
    }
    boundary, body = encode_multipart(files)
    return client.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def settle(client: FlaskClient, trial: str) -> str:
    """Wait until nothing runs any more; on a busy machine that takes its time."""
    while is_running(client, trial):
        time.sleep(0.02)
    return trial


def is_running(client: FlaskClient, trial: str) -> bool:
    """Whether a work of the trial waits or is being done."""
    return bool(client.get(f"{trial}/progress").get_json()["running"])


def take_demo(client: FlaskClient, plan: str = "2023-national") -> str:
    """The demo roster and an example plan; returns the address of the trial."""
    return settle(client, str(begin(client, plan=plan).location))


def upload(client: FlaskClient, plan: str | bytes = PLAN, roster: str | bytes = ROSTER) -> str:
    """Two files of one's own; returns the address of the trial."""
    return settle(client, send_files(client, plan, roster))


def send_files(client: FlaskClient, plan: str | bytes = PLAN, roster: str | bytes = ROSTER) -> str:
    """The same without waiting for the chances."""
    files = [("plan_file", plan, "计划.toml"), ("roster_file", roster, "名单.csv")]
    form = {
        key: (io.BytesIO(data.encode() if isinstance(data, str) else data), name)
        for key, data, name in files
    }
    return str(begin(client, roster="upload", plan="upload", **form).location)


def draw(client: FlaskClient, trial: str, seeds: tuple[str, ...] = SEEDS) -> str:
    """A rehearsal; returns the text of the page of its result."""
    form = {f"seed{number}": seed for number, seed in enumerate(seeds, start=1)}
    client.post(f"{trial}/rehearsal", data=form)
    return client.get(f"{settle(client, trial)}/result", follow_redirects=True).text


def files_of(page: str) -> dict[str, str]:
    """Addresses of the files on the page of a result, by name."""
    return {
        address.rpartition("/")[2]: address
        for address in re.findall(r'href="(/draws/[^"]+/results/[^"]+)"', page)
    }


def words(page: str) -> str:
    """The text of a page, without marks and runs of blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
