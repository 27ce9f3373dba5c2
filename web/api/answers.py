"""What the public interface tells: each answer names all its members, so nothing slips in."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from inspections.addenda import SubstitutionReason
from inspections.draws import DrawReason, DrawState
from inspections.plan_content import NoticePolicy
from inspections.plans import PlanKind
from inspections.sources import SourceKind
from sampler.quotas import Kind, Method
from web.api import choices

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
"""SHA-256 in hexadecimal digits."""

Chance = Annotated[str, Field(pattern="^[0-9]+(/[0-9]+)?$")]
"""An exact fraction."""


class Answer(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PageOf(Answer):
    """Where a page stands in its list."""

    page: int = Field(description="第几页，从 1 起")
    size: int = Field(description="每页条数")
    total: int = Field(description="总条数")


# -- plans -------------------------------------------------------------------------------------


class PlanLine(Answer):
    """A published plan in a list."""

    plan: int = Field(description="计划编号")
    year: int = Field(description="年度")
    kind: PlanKind = Field(description=f"类别：{choices.PLAN_KINDS}")
    region: str = Field(description="省级行政区划代码；全国的为空")
    title: str = Field(description="名称")
    document_no: str = Field(description="文号；没有的为空")
    lead: str = Field(description="发起部门")
    n: int = Field(description="抽取家数")
    version: int = Field(description="最新公布的版本号")
    published_at: datetime = Field(description="这一版的公布时间")
    href: str = Field(description="计划的接口地址")


class PlanPage(PageOf):
    """A page of published plans, the newest year first."""

    items: list[PlanLine] = Field(description="计划，年度新的在前")


class Item(Answer):
    """An item that is checked."""

    number: str = Field(description="事项编号")
    name: str = Field(description="事项名称")


class Condition(Answer):
    """A column of the roster and the values that satisfy it."""

    column: str = Field(description="名录的栏目")
    values: list[str] = Field(description="符合的取值，满足其一即可")


class FieldCount(Answer):
    """The places of a field."""

    name: str = Field(description="领域")
    count: int = Field(description="家数")


class CrossBounds(Answer):
    """A cross quota."""

    name: str = Field(description="名称")
    least: int = Field(description="至少几家")
    most: int | None = Field(description="至多几家；没有上限的为 null")


class VisitWindow(Answer):
    """Days on which visits may take place."""

    name: str = Field(description="名称；可以为空")
    first: date = Field(description="第一天")
    last: date = Field(description="最后一天")


class Due(Answer):
    """Something to be done by a day."""

    name: str = Field(description="事项")
    day: date = Field(description="截止日期")


class Version(Answer):
    """A published version of a plan."""

    number: int = Field(description="版本号")
    published_at: datetime = Field(description="公布时间")
    reason: str = Field(description="修改理由；第一版为空")
    digest: Digest | None = Field(description="内容摘要；会泄露必查机构时，名单公开后才给出")
    in_force: bool = Field(description="是否现行")


class Plan(PlanLine):
    """A published plan: what its notice says."""

    directed: bool = Field(description="是否定向抽查")
    legal_basis: list[str] = Field(description="检查依据")
    check_items: list[Item] = Field(description="抽查事项")
    joint_items: list[Item] = Field(description="跨部门综合监管事项")
    eligible: list[Condition] = Field(description="抽查对象的条件，须同时满足；空的为全部机构")
    roster_day: date | None = Field(description="名录截止日期")
    method: Method = Field(description=f"抽取办法：{choices.METHODS}")
    fields: list[FieldCount] = Field(description="领域名额，合计等于抽取家数")
    cross: list[CrossBounds] = Field(description="交叉定额")
    reserves: int = Field(description="每个领域、每种特征组合的候补家数")
    certain: int = Field(description="必查家数；哪几家在名单公开后才知道")
    windows: list[VisitWindow] = Field(description="检查时段")
    deadlines: list[Due] = Field(description="各项期限")
    notice: NoticePolicy = Field(description=f"通知方式：{choices.NOTICES}")
    publish_drawn: bool = Field(description="检查前是否公示名单")
    departments: list[str] = Field(description="参加部门")
    versions: list[Version] = Field(description="已公布的各版，旧的在前")


# -- draws -------------------------------------------------------------------------------------


class FrameFacts(Answer):
    """A frozen frame to which a draw was committed."""

    draw: int = Field(description="第几次抽取用的底册")
    version: int = Field(description="计划的版本号")
    roster_day: date = Field(description="以哪一天的名录为准")
    committed_at: datetime = Field(description="根摘要的公布时间")
    rows: int = Field(description="在册家数")
    eligible: int = Field(description="可抽家数")
    excluded: int = Field(description="排除家数")
    root: Digest = Field(description="底册根摘要（RFC 6962）")


class Frames(Answer):
    """The public frames of a plan."""

    items: list[FrameFacts] = Field(description="底册，按抽取次序")


class DrawLine(Answer):
    """A draw with a commitment."""

    plan: int = Field(description="计划编号")
    number: int = Field(description="第几次抽取")
    state: DrawState = Field(description=f"状态：{choices.STATES}")
    committed_at: datetime = Field(description="承诺的公布时间")
    commitment_sha256: Digest = Field(description="承诺摘要，抽取之前公布")
    deadline: datetime = Field(description="见证人揭示的时限")
    opened_at: datetime | None = Field(description="开始揭示的时间")
    drawn_at: datetime | None = Field(description="抽取时间")
    certificate_sha256: Digest | None = Field(description="证书的 SHA-256，抽取当天公布")
    opens_on: date | None = Field(description="这一天之前名单不公开；null 为可以当天公开")
    published_at: datetime | None = Field(description="名单的公开时间")
    list_is_open: bool = Field(description="名单和证书现在是否公开")
    void_reason: DrawReason | None = Field(description=f"作废的理由：{choices.VOID_REASONS}")
    voided_at: datetime | None = Field(description="作废的时间")
    redraw_reason: DrawReason | None = Field(description="重抽的理由，即前一次作废的理由")
    href: str = Field(description="抽取的接口地址")


class DrawPage(PageOf):
    """A page of draws, the newest commitment first."""

    items: list[DrawLine] = Field(description="抽取，新公布的在前；作废的也在其中")


class Draws(Answer):
    """All public draws of a plan."""

    items: list[DrawLine] = Field(description="抽取，按次序；作废的也在其中")


class Source(Answer):
    """A source of the seed."""

    name: str = Field(description="名称")
    kind: SourceKind = Field(description=f"种类：{choices.SOURCES}")
    address: str = Field(description="公开数值在哪里查到")
    promise: Digest | None = Field(description="见证人事先封存的摘要")
    value: str | None = Field(description="揭示的值；还没有揭示的为 null")
    revealed_at: datetime | None = Field(description="揭示或者录入的时间")
    typed_by: str = Field(description="录入人的身份；见证人自己揭示的为空")


class Draw(DrawLine):
    """A draw from its commitment on."""

    plan_title: str = Field(description="计划名称")
    n: int = Field(description="抽取家数")
    frame: FrameFacts = Field(description="底册")
    sources: list[Source] = Field(description="种子的来源，按计入种子的次序")
    seed: Digest | None = Field(description="种子；名单公开之前为 null")
    chances_are_public: bool = Field(description="承诺原文、公开名单和机会现在是否公开")


class DrawnUnit(Answer):
    """A unit of an open list."""

    unit_id: str = Field(description="机构编号")
    name: str = Field(description="机构名称")
    field: str = Field(description="所占名额的领域")
    rank: int = Field(description="在领域内的次序，候补接在抽中的之后")
    signature: str = Field(description="特征组合")
    chance: Chance = Field(description="抽取前公布的机会，分数")
    addendum: int | None = Field(description="因第几号附录不再检查，或者递补；没有的为 null")


class Drawn(PageOf):
    """The drawn units of an open list."""

    seed: Digest = Field(description="种子")
    items: list[DrawnUnit] = Field(description="抽中的机构，按种子决定的次序")


class Reserves(PageOf):
    """The reserves of an open list."""

    items: list[DrawnUnit] = Field(description="候补的机构，按领域和次序")


class AddendumUnit(Answer):
    """A unit that goes or steps in."""

    unit_id: str = Field(description="机构编号")
    field: str = Field(description="领域")
    rank: int = Field(description="次序")
    signature: str = Field(description="特征组合")


class Addendum(Answer):
    """A substitution, chained to the certificate."""

    number: int = Field(description="附录号，从 1 起")
    previous: Digest = Field(description="前一份文件（证书或者附录）的 SHA-256")
    reason: SubstitutionReason = Field(description=f"理由：{choices.SUBSTITUTIONS}")
    signed_on: date = Field(description="会签日期")
    out: AddendumUnit = Field(description="不再检查的机构")
    stepped_in: AddendumUnit | None = Field(
        serialization_alias="in", description="递补的机构；没有候补的为 null"
    )
    sha256: Digest = Field(description="附录文件的 SHA-256")
    href: str = Field(description="附录文件的地址")


class Addenda(Answer):
    """All addenda of an open list."""

    items: list[Addendum] = Field(description="附录，按号")


class Step(Answer):
    """A neighbour on the path from a leaf to the root."""

    side: Literal["left", "right"] = Field(description="在哪一边")
    hash: Digest = Field(description="旁边的摘要")


class Outcome(StrEnum):
    """What became of an institution."""

    DRAWN = "drawn"
    RESERVE = "reserve"
    NOT_DRAWN = "not_drawn"


class Proof(Answer):
    """That an institution is in the frame, and what is public about it."""

    unit_id: str = Field(description="机构编号")
    index: int = Field(description="在底册中的行号，从 0 起")
    public: dict[str, str] = Field(description="公开栏")
    leaf: Digest = Field(description="这一行的摘要：SHA-256（字节 00 接这一行）")
    path: list[Step] = Field(description="从这一行到根；逐步算 SHA-256（字节 01 接左边接右边）")
    root: Digest = Field(description="底册根摘要")
    line: str | None = Field(description="底册中的这一行；机会不公开时为 null")
    type: int | None = Field(description="类型编号；机会不公开时为 null")
    kind: Kind | None = Field(description=f"种类：{choices.TYPES}；机会不公开时为 null")
    chance: Chance | None = Field(description="抽取前公布的机会；不公开时为 null")
    outcome: Outcome | None = Field(
        description="drawn 抽中、reserve 候补、not_drawn 没有抽中；名单公开之前为 null"
    )


class Download(Answer):
    """A file or a paper that everybody may download now."""

    name: str = Field(description="文件名")
    title: str = Field(description="内容")
    sha256: Digest | None = Field(description="SHA-256；随时生成的公文没有，为 null")
    size: int | None = Field(description="字节数；随时生成的公文为 null")
    href: str = Field(description="下载地址")


class Downloads(Answer):
    """All that everybody may download of a draw now."""

    items: list[Download] = Field(description="文件和公文")


# -- files told as they are --------------------------------------------------------------------


class PublishedFile(BaseModel):
    """A published file, byte by byte as it was hashed; other rules say what is in it."""

    model_config = ConfigDict(extra="allow")

    format: str = Field(description="格式")


class Commitment(PublishedFile):
    """`commitment.json`: its SHA-256 is the commitment digest."""

    rehearsal: bool = Field(description="是否试抽；正式抽取为 false")
    plan: dict[str, Any] = Field(description="决定抽取的计划内容")
    frame: dict[str, Any] = Field(description="底册：根摘要、行数、公开栏和封存栏")
    types: list[dict[str, Any]] = Field(description="类型和机会")
    chances: dict[str, Any] = Field(description="机会表")
    sources: list[str] = Field(description="来源的名称，按计入种子的次序")
    machine: Digest = Field(description="机器份额的摘要")
    ceremony: dict[str, Any] = Field(description="抽取仪式：来源、封存、时限、作废的抽取")


class Certificate(PublishedFile):
    """`certificate.json`: all that is needed to repeat the draw."""

    commitment: dict[str, Any] = Field(description="承诺原文")
    seed: Digest = Field(description="种子")
    drawn: list[dict[str, Any]] = Field(description="抽中的机构")
    reserves: list[dict[str, Any]] = Field(description="候补的机构")


class Problem(Answer):
    """Why a request was not answered (RFC 9457)."""

    type: str = Field(description="固定为 about:blank，种类见 code")
    title: str = Field(description="标题")
    status: int = Field(ge=400, le=599, description="HTTP 状态码")
    detail: str = Field(description="说明")
    instance: str = Field(description="请求的路径")
    code: str = Field(description="供程序判断的代码")
