"""All papers of a visit: one by one, bound into one file, and as the package of a team."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator

from reportlab.platypus import Flowable

from web.papers.sheet import bound
from web.papers.visit_papers import approval, checklist, discipline, errand, notice
from web.papers.visit_papers.facts import VisitFacts, margins

Story = Callable[[VisitFacts], Iterator[Flowable]]

PAPERS: dict[str, tuple[str, Story]] = {
    "approval.pdf": (approval.KIND, approval.approval_form),
    "notice.pdf": (notice.KIND, notice.visit_notice),
    "task.pdf": (errand.KIND, errand.task_paper),
    "checklist.pdf": (checklist.KIND, checklist.blank_checklist),
    "discipline.pdf": (discipline.CARD, discipline.discipline_card),
    "feedback.pdf": (discipline.SLIP, discipline.feedback_slip),
}
"""The papers by file name, in the order in which a team needs them."""

FIRST = approval.KIND

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The day that every member of a package bears: equal papers make equal packages."""


def one_paper(facts: VisitFacts, name: str) -> bytes:
    """One paper of a visit."""
    kind, story = PAPERS[name]
    return bound([(margins(facts, kind), story(facts))])


def in_one_file(visits: Iterable[VisitFacts], reached: Callable[[int], None]) -> bytes:
    """All papers of all *visits*, one after the other, each with pages of its own.

    Parameters
    ----------
    reached : is told whenever a visit begins how many are done; what it raises ends the work.
    """
    return bound(
        [
            (margins(facts, kind), _marked(story(facts), reached, done if kind == FIRST else None))
            for done, facts in enumerate(visits)
            for kind, story in PAPERS.values()
        ]
    )


def _marked(
    story: Iterator[Flowable], reached: Callable[[int], None], done: int | None
) -> Iterator[Flowable]:
    if done is not None:
        yield _Begins(reached, done)
    yield from story


class _Begins(Flowable):
    """The beginning of the papers of a visit, of no size."""

    def __init__(self, reached: Callable[[int], None], done: int) -> None:
        super().__init__()
        self.reached, self.done = reached, done
        self.width = self.height = 0

    def draw(self) -> None:
        """Tell that the setting has come so far."""
        self.reached(self.done)


def package(facts: VisitFacts, names: Iterable[str]) -> bytes:
    """The papers of a team as a zip archive; equal papers make equal archives.

    Parameters
    ----------
    names : of the papers that go in.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            kind, _ = PAPERS[name]
            member = zipfile.ZipInfo(f"{facts.sheet.task_number}-{kind}.pdf", EPOCH)
            archive.writestr(member, one_paper(facts, name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
