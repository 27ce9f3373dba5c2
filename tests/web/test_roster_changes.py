"""Changes of the roster: many institutions at once, listed, undone; each of its own province."""

from typing import Any

from rosters.bulk import state_of_all
from rosters.editing import change
from rosters.entries import Noun
from tests.core.people import ZHEJIANG
from tests.web.ceremony_room import do_jobs
from tests.web.institution_desk import MARCH, MAY, PLANNER, PROVINCE, an_institution, known, send
from tests.web.people import Service, facts
from tests.web.persons import JIANGSU
from tests.web.rosters import act_in


def test_one_fact_of_many_is_looked_at_stated_and_undone(service: Service) -> None:
    entries = [an_institution(service, n, credit_class="B") for n in (1, 2)]
    same = an_institution(service, 3, credit_class="D")
    outside = an_institution(service, 4, region="320100")
    browser = service.sign_in(PROVINCE, scope=ZHEJIANG)
    chosen = "&".join(f"entry={one}" for one in (*entries, same, outside))
    at, form = f"?{chosen}&fact=credit_class", {"credit_class": "D", "takes_effect": "2025-05-01"}

    facts(browser.get(f"/institutions/bulk{at}"))
    assert send(browser, f"/institutions/bulk/preview{at}", **form).status_code == 422
    form["reason"] = "专项整治"
    looked = facts(send(browser, f"/institutions/bulk/preview{at}", **form))
    assert "将修改 2 家机构" in looked
    changed = send(browser, f"/institutions/bulk{at}", **form, changing=1)
    assert changed.status_code == 422
    assert "再核对一次" in changed.text
    done = send(browser, f"/institutions/bulk{at}", **form, changing=2)

    told = known(service, entries[0])
    assert (told["credit_class"], told["class_reason"]) == ("D", "专项整治")
    assert known(service, outside)["credit_class"] == ""
    number = int(done.location.rpartition("/")[2])
    assert "专项整治" in facts(browser.get(done.location))
    facts(browser.get(f"{done.location}/withdraw"))
    assert send(browser, f"{done.location}/withdraw", reason="").status_code == 422
    assert send(browser, f"{done.location}/withdraw", reason="改错了").status_code == 303
    assert known(service, entries[0])["credit_class"] == "B"
    assert "已撤销" in facts(browser.get(f"/roster-changes/{number}"))


def test_a_change_that_others_stand_on_names_them_instead_of_being_undone(
    service: Service,
) -> None:
    entry = an_institution(service, 1)
    with service.work() as session:
        first = change(session, act_in(service), Noun.INSTITUTION, entry, {"remark": "甲"}, MARCH)
        later = change(session, act_in(service), Noun.INSTITUTION, entry, {"remark": "乙"}, MAY)
        numbers = first.key, later.key
    browser = service.sign_in(PLANNER)

    page = facts(browser.get(f"/roster-changes/{numbers[0]}/withdraw"))
    refused = send(browser, f"/roster-changes/{numbers[0]}/withdraw", reason="改错了")

    assert f"/roster-changes/{numbers[1]}" in page
    assert refused.status_code == 422
    assert known(service, entry, MARCH)["remark"] == "甲"


def test_a_province_sees_and_undoes_changes_of_its_own_alone(service: Service) -> None:
    an_institution(service, 1, "演示杭州检测")
    theirs = an_institution(service, 2, "演示南京检测", region="320100")
    with service.work() as session:
        made = change(
            session, act_in(service, "苏"), Noun.INSTITUTION, theirs, {"remark": "x"}, MAY
        )
        number = made.key
    ours, others = (service.sign_in(PROVINCE, scope=of) for of in (ZHEJIANG, JIANGSU))

    assert ours.get(f"/roster-changes/{number}").status_code == 404
    assert ours.get(f"/roster-changes/{number}/withdraw").status_code == 404
    assert "<b>1 次变更</b>" in facts(ours.get("/roster-changes"))
    assert "<b>2 次变更</b>" in facts(others.get("/roster-changes?state=standing&kind=edit"))
    assert '"remark":"x"' in others.get(f"/roster-changes/{number}/statements.jsonl").text.replace(
        " ", ""
    )
    assert "苏" in others.get("/roster-changes.csv?q=苏").get_data(as_text=True)


def test_all_that_a_large_change_said_is_in_its_file(service: Service) -> None:
    entries = [an_institution(service, n) for n in range(1, 23)]
    with service.work() as session:
        made = state_of_all(session, act_in(service, "整批"), entries, "remark", "甲", MAY)
        number = made.key
    nation, province = service.sign_in(PLANNER), service.sign_in(PROVINCE, scope=ZHEJIANG)

    for browser in (nation, province):
        assert "22 条登记将整个失效" in facts(browser.get(f"/roster-changes/{number}/withdraw"))
        file = browser.get(f"/roster-changes/{number}/statements.jsonl")
        assert len(file.get_data(as_text=True).splitlines()) == 22
        file.close()


def test_a_large_change_is_made_by_a_job(service: Service, monkeypatch: Any) -> None:
    monkeypatch.setattr("web.views.bulk_changes.MOST_AT_ONCE", 1)
    entries = [an_institution(service, n) for n in (1, 2)]
    browser = service.sign_in(PLANNER)
    form = {"standing": "closed", "takes_effect": "2025-05-01", "reason": "注销", "changing": 2}

    asked = send(browser, "/institutions/bulk?all=yes&fact=standing", **form)
    result = do_jobs(service)

    assert asked.location.startswith("/jobs/")
    assert result["entries"] == 2
    assert {known(service, one)["standing"] for one in entries} == {"closed"}
