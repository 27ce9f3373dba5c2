"""The rules that keep an inspector out of a slot: a code for the data, a name for people.

Structural rules follow from the attributes of slot, visit and inspector. Individual ones
are stated one by one, as bars. Counting rules bind over several slots at once.
"""

from enum import StrEnum


class Rule(StrEnum):
    """Why an inspector cannot take a slot.

    Sources: two certified officers and recusal, 《行政处罚法》 articles 42 and 43; random
    officers, recusal and rotation, 国办发〔2015〕58号 and 国发〔2019〕5号.
    """

    KIND = "kind"
    DEPARTMENT = "department"
    LEADER = "leader"
    FIELD = "field"
    REGION = "region"
    CERTIFICATE = "certificate"
    LEAVE = "leave"
    RECUSAL_RELATIVE = "recusal_relative"
    RECUSAL_SHARE = "recusal_share"
    RECUSAL_FORMER_EMPLOYER = "recusal_former_employer"
    RECUSAL_ASSESSOR = "recusal_assessor"
    RECUSAL_SAME_PARENT = "recusal_same_parent"
    RECUSAL_CONSULTANT = "recusal_consultant"
    RECUSAL_DECLARED = "recusal_declared"
    REQUEST = "request"
    ROTATION = "rotation"
    CAPACITY = "capacity"
    WINDOW = "window"
    ONE_SLOT_PER_VISIT = "one_slot_per_visit"

    @property
    def label(self) -> str:
        """The rule's name in Chinese."""
        return _LABELS[self]


_LABELS = {
    Rule.KIND: "人员身份（执法人员或专家）不符",
    Rule.DEPARTMENT: "不属于该部门",
    Rule.LEADER: "不具备组长资格",
    Rule.FIELD: "不熟悉该领域",
    Rule.REGION: "不在规定的派员地区",
    Rule.CERTIFICATE: "执法证件在检查日无效",
    Rule.LEAVE: "检查期间请假或离岗",
    Rule.RECUSAL_RELATIVE: "回避：近亲属在被检查机构任职",
    Rule.RECUSAL_SHARE: "回避：持有被检查机构股份",
    Rule.RECUSAL_FORMER_EMPLOYER: "回避：现任或者曾任职于被检查机构",
    Rule.RECUSAL_ASSESSOR: "回避：曾任被检查机构评审员",
    Rule.RECUSAL_SAME_PARENT: "回避：与被检查机构同属一个上级法人",
    Rule.RECUSAL_CONSULTANT: "回避：曾为被检查机构提供咨询",
    Rule.RECUSAL_DECLARED: "回避：本人申报利害关系",
    Rule.REQUEST: "回避：被检查机构申请并经批准",
    Rule.ROTATION: "轮换：上次已检查该机构",
    Rule.CAPACITY: "检查次数上限",
    Rule.WINDOW: "同一时段检查次数上限",
    Rule.ONE_SLOT_PER_VISIT: "同一次检查中一人只占一个席位",
}

STRUCTURAL = (
    Rule.KIND,
    Rule.DEPARTMENT,
    Rule.LEADER,
    Rule.FIELD,
    Rule.REGION,
    Rule.CERTIFICATE,
    Rule.LEAVE,
)
"""Rules that the sampler works out from attributes."""

COUNTING = (Rule.CAPACITY, Rule.WINDOW, Rule.ONE_SLOT_PER_VISIT)
"""Rules that bind over several slots."""

INDIVIDUAL = tuple(rule for rule in Rule if rule not in (*STRUCTURAL, *COUNTING))
"""Rules that a bar may state."""

OPEN_TO_THE_PLAN = (Rule.REGION, Rule.FIELD, Rule.ROTATION)
"""Rules that a plan sets and may drop; the others are the law's, or mere counts."""
