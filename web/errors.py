"""Status codes and plain words for everything that can go wrong."""

from dataclasses import dataclass

from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from core.errors import Conflict, Fact, Forbidden, Invalid, NotFound
from core.passwords import PasswordRefused
from web.api.problems import is_asked_by_a_programme, problem
from web.database import give_up
from web.words import roster_faults, teams

MOST_DRAINED = 512 * 2**20
CHUNK = 2**20


@dataclass(frozen=True)
class Words:
    """What an error page says: what is so, and what comes next."""

    title: str
    what: str
    next: str = "请回到首页重新开始。"


class Refused(Exception):
    """A request that is answered with a page of its own; subclasses are the reasons."""

    status = 400
    words = Words("请求无法处理", "提交的内容不完整。")


class NotAllowed(Refused):
    """The request comes from the form of another site."""

    status = 403
    words = Words("没有受理", "这个请求来自别的网站。", "请在本页面上操作。")


class SignedOut(Refused):
    """Nobody has logged in, or the log-in has ended."""

    status = 401
    words = Words("请先登录", "您还没有登录，或者登录已经超时。", "请登录后再试。")


class NotPermitted(Refused):
    """Who asks has not the role for it, in the standing in which he works."""

    status = 403
    words = Words(
        "您不能打开这一页",
        "您当前的身份没有这项权限。",
        "如果您还有其他身份，请在“我的账号”中换一个身份；需要新权限的，请联系系统管理员。",
    )


class TrialGone(Refused):
    """The data of a trial have been deleted, or never were."""

    status = 404
    words = Words(
        "这次试算的数据已经删除",
        "试算数据只保留一段时间，到时自动删除；您也可能主动删除过，或者服务重新启动过。",
        "请回到首页重新开始；已经下载的文件不受影响，可以随时核对。",
    )


class TooBusy(Refused):
    """So many works are waiting that another would wait too long."""

    status = 503
    words = Words("现在使用的人较多", "排队的计算已满，这一次没有受理。", "请过一分钟再试。")


PAGES = {
    400: Words("请求无法处理", "提交的内容不完整，或格式不对。"),
    404: Words("没有这个页面", "地址可能抄错了，或者页面已经不在。"),
    405: Words("不能这样打开", "这个地址只接受表单提交。"),
    401: SignedOut.words,
    403: NotPermitted.words,
    429: Words(
        "请求过于频繁",
        "这个网络地址在一分钟内提交的次数太多，这一次没有受理。",
        "请过一分钟再试。",
    ),
    413: Words(
        "文件太大，没有受理",
        "一次上传的文件合计不得超过 {most} MB。没有保存任何内容。",
        "请只保留需要的工作表和栏目后再上传；更大的名单可以用命令行抽取。",
    ),
    500: Words(
        "服务出了问题",
        "这不是您的操作造成的，详细情况已记入服务日志。",
        "请稍后再试；仍不行的，请告诉管理员刚才做了什么。",
    ),
}

STALE_FORM = Words(
    "这个表单已经失效",
    "页面打开后您重新登录过、换过身份，或者浏览器没有保存 Cookie，所以没有受理。",
    "请返回上一页刷新后再提交。",
)

FACT_TITLES: dict[type[Fact], tuple[int, str]] = {
    NotFound: (404, "没有找到"),
    Forbidden: (403, "不能这样办理"),
    Conflict: (409, "现在不能办理"),
    Invalid: (422, "填写的内容有误"),
    Fact: (400, "请求无法处理"),
}
"""Status and title by the kind of a fact; the first that fits."""

FACTS: dict[str, str] = {
    "fact": "请求无法处理。",
    "not_found": "没有这项内容，或者不在您当前身份的管辖范围内。",
    "forbidden": "您当前的身份不能办理这件事。",
    "conflict": "情况已经变化：别人先办了，或者这件事已经办过。请刷新后再看。",
    "invalid": "填写的内容不符合要求。",
    "form_fault": "{words}",
    "login_name_taken": "登录名已经被别的账号使用，请换一个。",
    "own_account": "不能给自己授予、收回身份，也不能停用或启用自己的账号；请由另一位管理员办理。",
    "account_is_disabled": "对方的账号已停用或尚未激活，不能办理。",
    "password_refused": "新密码不符合要求。",
    "second_person_needed": "移交须由第二位管理员确认：不能是提出人，也不能是移交人或接收人。",
    "hand_over_is_over": "这次移交已经确认或撤回。",
    "second_factor_already_set_up": "已经设置过双因素认证；要换手机，请先移除原来的。",
    "wrong_code": "验证码不对。请看手机上当前显示的 6 位数字，并确认手机时间准确。",
    "reason_is_missing": "请写明理由（不超过 200 字）。",
    "last_administrator": "这是最后一位全国管理员，停用或收回后将无人管理系统；请先增加一位。",
    "already_held": "对方已经有这个身份。",
    "identity_taken": "这个统一认证身份已经关联了别的账号。",
    "not_a_credit_code": "“{text}”不是有效的统一社会信用代码（18 位，末位为校验码）。",
    "not_an_address": "“{text}”不像一个电子邮箱地址。",
    "invitation_is_over": "这个邀请链接已经用过、撤回或过期。请向邀请您的单位重新索取。",
    "not_for_this_address": "邀请发给了另一个电子邮箱，不能用这个账号接受。",
    "not_tied": "统一身份认证已确认您的身份，但它还没有关联本平台的账号。"
    "请先用登录名和密码登录，在“我的账号”中关联，或者请系统管理员关联。",
    "not_yours": "只能委托您本人持有的身份。",
    "to_oneself": "不能委托或移交给同一个人。",
    "roles_kept_apart": "“{role.label}”与“{other.label}”须由不同的人担任，不能同时持有。",
    "scope_does_not_fit": "“{role.label}”不能配这个范围，或者没有这个地区。",
    "period_does_not_fit": "起止日期不对：结束不得早于开始或今天，委托不超过 92 天。",
    "job_not_found": "没有这项任务，或者不是您发起的。",
    "job_is_over": "这项任务已经结束。",
    "job_is_not_dead": "只有失败的任务才能重新执行。",
    "lease_lost": "这项任务已由另一个后台进程接手。",
    "file_too_large": "文件太大，没有受理。",
    "file_is_empty": "文件是空的。",
    "file_kind_not_allowed": "不接受这种类型的文件。",
    "file_not_found": "没有这个文件，或者不在您的管辖范围内。",
    "nothing_to_sign": "日志里还没有新的记录，不需要签署检查点。",
    "trail_is_broken": "操作日志第 {number} 条处不连续，不能签署检查点；请立即报告纪检监督。",
    "checkpoint_exists": "这个检查点已经签署过。",
    "entry_not_found": "名录里没有这个条目，或者不在您的管辖范围内。",
    "roster_change_not_found": "没有这次名录变更。",
    "entry_changed_meanwhile": "您打开之后，别人修改过这个条目，所以没有保存。"
    "请返回重新打开，核对对方的修改后再改。",
    "entry_not_there": "{day}时这个条目还不在名录里；要从那一天起登记，请把必填内容填全。",
    "nothing_changes": "内容与名录现状完全一致，没有需要登记的变更。",
    "no_such_roster_form": "这类内容不能用文件导入。",
    "roster_file_unreadable": "{words}",
    "roster_import_not_found": "没有这次导入，或者不在您的管辖范围内。",
    "roster_import_not_now": "这次导入现在不能这样办理：可能正在处理，或者已经办过。请刷新后再看。",
    "roster_list_is_national": "这张清单由总局统一维护，不能由省级导入。",
    "roster_import_has_faults": "还有 {faulty} 行有错误、{undecided} 行待确认。"
    "按“有一个错误就全部不导入”的约定，请先改好，或改为只导入没有错误的行。",
    "roster_import_nothing_to_undo": "这次导入没有改动名录，不需要撤销。",
    "duplicate_case_not_found": "没有这一项疑似重复。",
    "duplicate_case_cannot_be_so": "第 {row} 行不能这样判定：所选机构不在候选之列，或代码已占用。",
    "roster_key_taken": "已有别的条目使用相同的代码或编号；请先查到那个条目，确认是不是同一个。",
    "class_reason_missing": "等级有变化时，“等级理由”要写明这次调整的理由，不能沿用上一次的。",
    "relation_known": "这一人员与这家机构的同一种关系已经登记过。",
    "own_successor": "机构不能并入自己，也不能从自己分出；请另选一家。",
    "saved_view_not_found": "没有这个视图，或者不是您保存的。",
    "saved_view_title_taken": "您已有名为“{title}”的视图，请换一个名称。",
    "saved_view_bad_title": "请给视图起一个名称（不超过 {most} 个字）。",
    "saved_view_bad_query": "筛选条件太多，无法保存；请减少几项后再存。",
    "changed_since": "这次变更之后又有人改过同样的条目，或者给它新增的条目登记过内容"
    "（变更号 {changes}），不能单独撤销；请先撤销后面的变更。",
    "change_already_withdrawn": "这次变更已经撤销过。",
    "unknown_fault_kind": "没有这一类数据问题。",
    "risk_run_not_found": "没有这次风险评分。",
    "bands_out_of_order": "等级分界应由低到高：B类起点 {b} 分、C类起点 {c} 分、D类起点 {d} 分"
    "不是递增的。",
    "only_people_decide": "信用风险等级只能由人员决定，程序不能自动采纳。",
    "proposal_not_found": "这次评分没有建议调整该机构的等级，或者机构不在您的管辖范围内。",
    "proposal_is_stale": "评分之后，这些机构的等级已另有变动，建议已失效：{entries}。请重新评分。",
    "proposal_is_decided": "所选机构中有 {many} 家的建议已有人作出决定；请刷新后重选。",
    "plan_not_found": "没有这份计划，或者不在您当前身份的管辖范围内。",
    "plan_is_elsewhere": "计划第 {version} 版现在是“{state.label}”，不能办理这一步。请刷新后再看。",
    "plan_changed_meanwhile": "您打开之后，别人修改或办理过这一版计划，所以没有保存。"
    "请返回重新打开，核对对方的修改后再办。",
    "no_person": "计划和抽取须由人员办理，不能由系统自动办理。",
    "plan_file_faults": "计划文件有误，没有导入：{words}。",
    "plan_has_faults": "计划有 {count} 处需要改正，已在各栏目旁逐一注明。",
    "plan_second_person_needed": "须由另一人审批：不能审批本人编制或提交的计划。",
    "plan_reason_missing": "请写明理由（不超过 {most} 字）。",
    "plan_version_under_way": "这份计划的第 {version} 版正在办理；请先办完或撤回那一版。",
    "plan_is_drawn": "已按计划第 {version} 版公布抽取承诺，不能再改；"
    "确需修改的，须先作废该次抽取。",
    "roster_has_faults": "当日名录不能用于抽取：{words}。",
    "frame_not_found": "没有这份抽取底册。",
    "frame_is_damaged": "抽取底册的文件缺失或者被改动过，与冻结时的摘要不符；请立即报告纪检监督。",
    "roster_day_ahead": "名录截止日期还没有到，届时才能冻结底册。",
    "unit_not_in_frame": "底册中没有这家机构。",
    "draw_not_found": "没有这次抽取，或者不在您当前身份的管辖范围内。",
    "draw_exists": "这份计划已有一次有效的抽取，不能另行抽取；"
    "确需重抽的，须先由两人作废原抽取并写明理由。",
    "draw_is_elsewhere": "这次抽取现在是“{state.label}”，不能办理这一步。请刷新后再看。",
    "list_is_sealed": "抽中名单到 {day} 才能公开，这是抽取前公布过的。",
    "deadline_is_over": "规定的时限已过，或者填写的时限早于现在。",
    "plan_is_not_published": "只有已公布的计划版本才能抽取，并且须用为它冻结的底册。",
    "opening_day_unclear": "计划写明抽中名单暂不公开的，须填写今天以后的公开日期；"
    "写明公开的，不要填写。",
    "other_frame": "算出的机会与这次抽取的底册不符，没有公布承诺。请重新计算后再办。",
    "draw_key_is_lost": "机器份额打不开：服务密钥已更换，或者数据被改动过。请立即报告纪检监督。",
    "draw_is_damaged": "抽取的文件与公布的摘要不符（{what}），没有抽取。请立即报告纪检监督。",
    "draw_cannot_be_completed": "按计划规定的抽取方法抽不满名额，没有产生名单；"
    "只能由两人作废后调整计划。",
    "draw_must_be_held": "揭示已经开始，须先完成抽取，之后才能作废。",
    "source_not_found": "没有这个来源，或者见证链接无效。",
    "source_is_unclear": "来源“{name}”填写不完整：名称不超过 60 字、不含等号，"
    "公开数值须写明在哪里查到，见证人须有链接。",
    "source_twice": "来源“{name}”重复。",
    "too_few_sources": "除机器份额外至少要有 {fewest} 个来源，现有 {found} 个。",
    "not_a_promise": "封存的摘要应为 64 位小写十六进制数字。",
    "promise_is_given": "“{source}”已经封存过，或者这个摘要已被使用，不能再改。",
    "promise_is_missing": "还没有封存的见证人：{names}。",
    "not_a_value": "“{source}”的值不能为空、不能超过 {longest} 字，也不能含看不见的字符。",
    "value_is_given": "“{source}”的值已经登记，不能再改。",
    "witnesses_first": "见证人“{names}”还可以揭示。请等全部揭示，或者等揭示时限届满。",
    "source_is_missing": "还没有录入：{names}。确实无法取得的，须由两人确认后再抽取。",
    "motion_not_found": "没有这项申请。",
    "motion_is_over": "这项申请已经会签或者撤回。",
    "motion_is_pending": "同样的申请已经提出，正在等待第二人会签。",
    "second_signatory_needed": "须由另一人会签：提出申请的人不能自己会签。",
    "note_is_missing": "请写明理由。",
    "plan_cannot_be_drawn": "计划的各项名额在这份底册上不能同时满足：{words}。",
    "unit_not_drawn": "抽中名单和候补名单里没有这家机构。",
    "unit_does_not_stand": "这家机构现在不在应检查名单上：它是尚未递补的候补，或者已经被替换。",
    **teams.FACTS,
    "parameter_is_wrong": "参数 {names} 缺少、不认识或者超出取值范围，取值见接口说明。",
    "not_open_yet": "这项内容现在不公开，何时公开见抽取的 opens_on。",
    "roster_not_empty": "两库里已有数据；演示数据只能写入空的数据库。",
}
"""What each fact of core says, by its code; in braces its parameters."""

PASSWORD_FAULTS = {
    "too_short": "新密码至少 {shortest} 个字符",
    "too_long": "新密码不超过 128 个字符",
    "too_few_kinds": "小写字母、大写字母、数字、其他符号四类中至少用 {kinds} 类",
    "contains_login_name": "新密码里不能有登录名",
    "common": "新密码太常见，容易被猜到；请换一个不含常用词、年份和连续数字的",
    "used_before": "最近 5 次用过的密码不能再用",
}

INPUTS = {
    "login_name": "登录名为 2 至 64 个字，可用汉字、字母、数字和 . _ - @。",
    "display_name": "请填写姓名（不超过 60 字）。",
    "phone": "电话应为 11 位手机号码，或带区号的固定电话。",
    "email": "电子邮箱地址的格式不对。",
}
"""What is wrong with a field that an input model has refused."""


def fact_words(fact: Fact) -> list[str]:
    """What a fact says to the person who ran into it, one sentence for each fault."""
    if isinstance(fact, PasswordRefused):
        return [PASSWORD_FAULTS[fault].format(**fact.params) + "。" for fault in _faults(fact)]
    return [FACTS[fact.code].format_map(fact.params)]


def _faults(fact: PasswordRefused) -> list[str]:
    found = fact.params["faults"]
    return found if isinstance(found, list) else []


def input_words(error: ValidationError) -> dict[str, str]:
    """What is wrong with the fields of a form, by field."""
    if of_rosters := roster_faults.fault_words(error):
        return of_rosters
    fields = (str(fault["loc"][0]) for fault in error.errors() if fault["loc"])
    return {field: INPUTS.get(field, FACTS["invalid"]) for field in fields}


def install(app: Flask) -> None:
    """Answer every error with a page in plain words."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Fact, _fact)
    app.register_error_handler(CSRFError, lambda _: _page(400, STALE_FORM))
    app.register_error_handler(HTTPException, _http_error)


def _refused(error: Refused) -> ResponseReturnValue:
    return _page(error.status, error.words)


def _fact(fact: Fact) -> ResponseReturnValue:
    status, title = next(words for kind, words in FACT_TITLES.items() if isinstance(fact, kind))
    what = "".join(fact_words(fact))
    return _page(status, Words(title, what, "请返回上一页修改或查看。"), fact.code)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if isinstance(error.response, Response) or status < 400:
        return error
    if status == 413:
        _drain()
    answer = _page(status, PAGES.get(status, PAGES[400 if status < 500 else 500]))
    for name, value in error.get_headers():
        # what may be asked instead, and when: the page itself is ours
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _drain() -> None:
    """Read what is still being sent: a browser shows no answer while it is not heard out."""
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, MOST_DRAINED)
    while left > 0 and (chunk := stream.read(min(CHUNK, left))):
        left -= len(chunk)


def _page(status: int, words: Words, code: str = "") -> Response:
    give_up()
    if is_asked_by_a_programme():
        return problem(status, words.title, words.what, code)
    return make_response(render_template("error.html", status=status, words=words), status)
