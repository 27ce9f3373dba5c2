"""An audit of files from anybody, in a process of its own with limits on time and memory.

A forged certificate may hold numbers that take years to read (`1e999999999`) or lists
nested a million deep; the service must not share its fate.
"""

import json
import resource
import subprocess
import sys
import threading

from sampler.audit import Finding, audit
from web.errors import TooBusy

MOST_MEMORY = 4 * 2**30
WAIT_SECONDS = 30.0

NOT_FINISHED = Finding(
    "文件格式", ("没有核对完：内容异常，读取它所用的时间或内存超出限度，不可能是抽取时写出的证书",)
)


class Auditors:
    """A few audits at a time, each with so many seconds."""

    def __init__(self, at_once: int, seconds: int) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._seconds = seconds

    def audit(self, certificate: bytes, frame: bytes) -> list[Finding]:
        """What `sampler.audit` finds, or that it could not finish.

        Raises
        ------
        TooBusy
            If nobody is free for half a minute.
        """
        if not self._free.acquire(timeout=WAIT_SECONDS):
            raise TooBusy
        try:
            return self._ask(certificate, frame)
        finally:
            self._free.release()

    def _ask(self, certificate: bytes, frame: bytes) -> list[Finding]:
        command = [sys.executable, "-m", __name__, str(self._seconds)]
        files = b"%d\n%b%b" % (len(certificate), certificate, frame)
        try:
            done = subprocess.run(
                command, input=files, capture_output=True, timeout=self._seconds, check=True
            )
        except subprocess.SubprocessError:
            return [NOT_FINISHED]
        return [Finding(check, tuple(faults)) for check, faults in json.loads(done.stdout)]


def main(seconds: int) -> None:
    """Audit what stands on standard input: the certificate's length, its bytes, the frame."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    given = sys.stdin.buffer
    certificate = given.read(int(given.readline()))
    findings = audit(certificate, given.read())
    json.dump([[finding.check, finding.faults] for finding in findings], sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
