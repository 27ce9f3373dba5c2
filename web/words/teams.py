"""The teams in words: what is done with them, what stands in the way, what the trail keeps."""

from inspections.subjects import Subject
from inspections.teams.recusals import RecusalSide, RecusalState
from inspections.teams.stand_ins import StandInReason
from inspections.teams.visits import VisitState
from rosters.inspectors import OfficerLevel

FACTS = {
    "list_comes_first": "检查人员名单不能早于应检查机构名单公开；请先公开应检查机构名单。",
    "team_task_not_found": "没有这份选派任务。",
    "team_task_is_old": "应检查名单或者检查日期在生成选派任务之后有变动，这份任务不能再用；"
    "请重新生成（已公布来源的，须先作废）。",
    "team_rules_reason_missing": "修改选派规则须写明理由（不超过 {most} 字）。",
    "teams_are_committed": "检查人员的抽取已公布承诺，选派规则和检查安排不能再改；"
    "确需修改的，须先由两人作废该次抽取。",
    "no_team_rules": "这份计划还没有填写选派规则。",
    "visit_not_found": "没有这次检查，或者不在您当前身份的管辖范围内。",
    "visit_proof_not_found": "没有可以查验的检查：网址可能不全，或者文书不是本平台印发的；"
    "不预先通知的检查，从检查当天起才可以查验。上门的人不能说明的，可以拒绝检查。",
    "visit_changed_meanwhile": "您打开之后，别人修改过检查任务 {visit} 或者它的检查组，"
    "所以没有保存。请返回重新打开后再办。",
    "visit_is_cancelled": "检查任务 {visit} 已取消：原机构已被替换，候补名单也已用完。",
    "appointment_unclear": "检查任务 {visit} 的检查日期须在 {first} 至 {last} 之间，先后不能颠倒。",
    "no_days_left": "计划的检查时段内从今天起已没有工作日，请先修改检查时段。",
    "teams_cannot_be_staffed": "按现在的规则和名录不能组成检查组：{words}",
    "team_has_problems": "选派任务还有 {count} 处需要处理，已逐一列出。",
    "notice_not_found": "没有这份通知，或者不是发给您的。",
    "notice_is_old": "这份通知已有新的版本，或者已经撤销。请返回看最新的通知。",
    "notice_days_unclear": "提前通知的，请填写 1 至 {most} 个工作日；不预先通知的不能提前。",
    "recusal_not_found": "没有这项回避申请。",
    "recusal_is_pending": "针对同一人的回避申请已经提出，正在等待决定。",
    "recusal_is_over": "这项回避申请已经决定或者撤回。",
    "recusal_reason_missing": "请写明理由（不超过 {most} 字）。",
    "decides_own_recusal": "提出申请的人和被申请回避的人不能决定是否回避。",
    "not_on_team": "这名人员现在不在检查任务的组内：尚未递补，或者已经退出。",
    "stand_in_unproven": "按名录登记的情况，这名人员在检查日可以参加检查，"
    "不能以“{reason.label}”为由退出；请先由负责名录的另一名工作人员登记，或者改用需要两人会签的理由。",
    "stand_in_for_oneself": "接替的候补是您本人，不能由您决定，请由另一名工作人员办理。",
    "stand_in_on_own_word": "抽取以后，您登记过这名人员或其候补的情况，或者改过这项任务的检查日期，"
    "不能再由您一人决定替换：请由另一名工作人员办理，或者按人员调整提出、两人会签。",
    "stand_in_needs_two": "“{reason.label}”属于人员调整，须由两人会签。",
    "stand_in_decided": "回避须由指定人员对回避申请作出决定，不能直接调整。",
}
"""What each fact says, by its code; in braces its parameters."""

ACTIONS = {
    "team_rules.set": "填写选派规则",
    "visits.planned": "编排检查任务",
    "visit.appointed": "约定检查日期",
    "visit.taken_over": "递补机构接替检查任务",
    "team_task.frozen": "冻结选派任务",
    "recusal.raised": "提出回避",
    "recusal.withdrawn": "撤回回避申请",
    "recusal.accepted": "决定回避",
    "recusal.rejected": "决定不予回避",
    "stand_in.signed": "检查人员替换",
    "notices.ordered": "安排发送检查通知",
    "notices.sent": "发送检查通知",
    "notice.received": "确认收到检查通知",
}
"""What was done, by the code of the event."""

NOUNS = {
    "team_task": "选派任务",
    "visit": "检查任务",
    "recusal": "回避申请",
    "visit_notice": "检查通知",
    "visit_papers.bind": "检查文书合订本",
}
"""To what kind of thing."""

FIELDS = {
    "draw_subject": "抽取内容",
    "rules": "选派规则第几稿",
    "rules_digest": "选派规则摘要 SHA-256",
    "visits": "检查任务数",
    "slots": "席位数",
    "inspectors": "可选派人数",
    "bars": "回避和轮换限制数",
    "task_number": "任务编号",
    "first_day": "检查首日",
    "last_day": "检查末日",
    "executor": "实施机关级别",
    "visit_state": "检查任务状态",
    "paper_version": "文书版本",
    "slot": "席位",
    "person": "人员条目编号",
    "recusal_side": "提出方",
    "recusal_state": "回避申请状态",
    "out_person": "退出人员条目编号",
    "in_person": "替补人员条目编号",
    "stand_in_reason": "替换理由",
    "passed": "依次跳过的替补",
    "notice_days": "提前几个工作日",
    "notice_order": "第几次安排",
    "visit": "检查任务条目编号",
    "members": "通知的检查人员",
    "noticed": "通知的机构",
    "called_off": "撤销的通知",
    "unreached": "没有账号的",
}
"""The fields of an event."""

VALUES = {
    "stand_in_reason": {reason.value: reason.label for reason in StandInReason},
    "recusal_side": {side.value: side.label for side in RecusalSide},
    "recusal_state": {state.value: state.label for state in RecusalState},
    "visit_state": {state.value: state.label for state in VisitState},
    "executor": {level.value: level.label for level in OfficerLevel},
    "draw_subject": {subject.value: subject.label for subject in Subject},
}
"""Values that are codes, by field."""

TASK_FAULTS = {
    "institution_unknown": "名录中查不到这家机构，无法核对回避关系；请先在名录中登记。",
    "region_unknown": "名录中没有这家机构的所在地区；请先补登。",
    "days_are_over": "检查日期已过；请重新约定日期。",
    "nobody_to_send": "名录中没有在岗的执法人员，无从选派。",
}
"""What keeps a task from being frozen, by the code of the fault; other codes bring words."""
