"""The table of role and route, tested whole; and rows that belong to somebody else."""

import re
from collections.abc import Iterable
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import invitations, jobs
from core.grants import grant
from core.roles import Role, Scope, ScopeKind
from tests.core import people
from tests.web.persons import House, Visitor

ADMINISTRATORS = {Role.ADMINISTRATOR}
INVITERS = {Role.NATIONAL_PLANNER, Role.PROVINCIAL_PLANNER, Role.ADMINISTRATOR}
SUPERVISORS = {Role.DISCIPLINE}
INSTITUTIONS = {Role.INSTITUTION}
WATCHERS = {Role.ADMINISTRATOR, Role.DISCIPLINE}
ALL = set(Role)

PUBLIC = """
    demo.plan demo.roster draws.again draws.audit draws.begin draws.cancel draws.chances
    draws.comparison draws.delete draws.faults draws.file draws.progress draws.rehearsal
    draws.result draws.show draws.start verify.answer verify.ask verify.programme
    items.export items.published mappings.export mappings.published
    public_draws.file public_draws.how public_draws.index public_draws.paper public_draws.proof
    public_draws.show public_plans.index public_plans.notice public_plans.show
    public_teams.file public_teams.index public_teams.report public_teams.show
    api.addenda api.certificate api.commitment api.description api.downloads api.draw api.drawn
    api.draws api.draws_of_plan api.frames api.plan api.plans api.proof api.reserves api.show
    witnesses.ask witnesses.find witnesses.show witnesses.seal witnesses.show_value
    visit_proof.show
    health.alive health.ready login.enter login.page login.single_sign_on
    login.single_sign_on_end invitations.show invitations.take_new static
"""

# seeing the rosters, and keeping them
READERS_OF_ROSTERS = ALL - {Role.EXPERT, Role.ADMINISTRATOR}
KEEPERS_OF_ROSTERS = {Role.NATIONAL_PLANNER, Role.PROVINCIAL_PLANNER}

ROSTERS_READ = """
    departments.export departments.index departments.show experts.export experts.index
    experts.reveal experts.show inspectors.export inspectors.index inspectors.reveal
    inspectors.show items.index items.show joint_items.show mappings.index mappings.show
    relations.export relations.index relations.show
"""

ROSTERS_EDIT = """
    departments.ask_to_end departments.change departments.create departments.edit departments.end
    departments.new experts.ask_to_end experts.change experts.create experts.edit experts.end
    experts.new inspectors.ask_to_end inspectors.change inspectors.create inspectors.edit
    inspectors.end inspectors.new items.ask_to_end items.change items.create items.edit items.end
    items.new joint_items.ask_to_end joint_items.change joint_items.create joint_items.edit
    joint_items.end joint_items.new leaves.ask_to_end leaves.change leaves.create leaves.edit
    leaves.end leaves.new mappings.ask_to_end mappings.change mappings.create mappings.edit
    mappings.end mappings.new relations.ask_to_end relations.change relations.create
    relations.edit relations.end relations.new
"""

SIGNED_IN = """
    account.begin_second_factor account.change_contact account.change_password
    account.choose_standing account.confirm_second_factor account.end_login
    account.end_other_logins account.password account.remove_second_factor
    account.replace_recovery_codes account.second_factor account.show account.tie_identity
    account.untie_identity declarations.ask_to_end declarations.declare declarations.end
    declarations.new declarations.show components.confirm components.confirmed components.show
    delegations.give delegations.index delegations.revoke home.show invitations.take_own
    jobs.ask_to_cancel jobs.ask_to_retry jobs.cancel jobs.export jobs.index jobs.progress
    jobs.retry jobs.show login.code login.give_code login.log_out messages.export messages.index
    my_visits.index my_visits.export my_visits.calendar my_visits.show my_visits.receive
    my_visits.ask my_visits.declare recusal_requests.show recusal_requests.ask_to_withdraw
    recusal_requests.withdraw visit_notices.lead
    messages.read messages.read_all trail.export trail.index trail.show
    visit_papers.package visit_papers.paper visit_papers.show
"""

SEEN_INSTITUTIONS = """
    institutions.index institutions.choose_columns institutions.show institutions.own
    institutions.reveal saved_views.index saved_views.add saved_views.rename saved_views.remove
"""

KEPT_INSTITUTIONS = """
    institutions.new institutions.create institutions.edit institutions.update
    institutions.ask_to_end institutions.end belongings.new belongings.create belongings.edit
    belongings.update belongings.ask_to_end belongings.end successions.ask successions.preview
    successions.make bulk_changes.ask bulk_changes.preview bulk_changes.make
    roster_changes.ask_to_withdraw roster_changes.make_withdrawn
"""

IMPORTS = """
    imports.index imports.export imports.new imports.create imports.template imports.show
    imports.progress imports.file imports.marked imports.terms imports.change_terms imports.preview
    imports.ask_to_apply imports.apply imports.ask_to_undo imports.undo imports.ask_to_discard
    imports.discard imports.ask_to_cancel imports.cancel import_reviews.faults
    import_reviews.export_faults import_reviews.effects import_reviews.cases
    import_reviews.decide_cases import_reviews.matching import_reviews.match
"""

# what an institution is told of its own check
TO_INSTITUTIONS = """
    visit_notices.index visit_notices.export visit_notices.show visit_notices.receive
    visit_notices.ask visit_notices.request_recusal
"""

# whose people are sent; which department is asked in the view
DEPARTMENTS_SENT = """
    department_teams.index department_teams.show department_teams.export
"""

# what is counted and weighed: an institution does not see how it is rated
READERS_OF_STATISTICS = READERS_OF_ROSTERS - {Role.INSTITUTION}

STATISTICS = """
    roster_exports.start roster_exports.download roster_changes.index roster_changes.export
    roster_changes.show roster_changes.download
    quality.index quality.show quality.export quality.export_entries
    risk.index risk.show risk.why risk.latest risk.export indicators.index indicators.show
"""

RISK_KEPT = """
    risk.ask risk.ask_to_decide risk.decide indicators.adopt indicators.edit indicators.change
"""

# who sees plans sees their draws; a second person signs what a view asks for by its place
DRAWS_SEEN = """
    ceremonies.index ceremonies.show ceremonies.paper ceremonies.ask_to_void ceremonies.void
    hall.show signatures.index signatures.show signatures.sign signatures.withdraw
    team_board.index team_board.show team_board.visits team_board.export team_board.visit
    team_rules.show team_draws.task team_changes.recusals team_changes.recusal
    team_figures.show team_figures.export team_figures.report
    team_notices.show team_notices.export
    visit_papers.volume visit_papers.bound
"""

DRAWS_HELD = """
    ceremonies.new ceremonies.freeze ceremonies.create ceremonies.links ceremonies.withdraw
    ceremonies.fix ceremonies.open_to_reveal ceremonies.type_value ceremonies.go_without
    ceremonies.ask_to_draw ceremonies.make_draw ceremonies.ask_to_publish ceremonies.make_public
    signatures.ask signatures.substitute
    team_rules.edit team_rules.keep team_board.plan_them team_board.change_days team_draws.freeze
    visit_papers.bind
    team_draws.new team_draws.create team_changes.ask team_changes.stand_in team_changes.decide
    team_notices.order
"""

PLANS_READ = """
    plans.index plans.export plans.show plans.file plans.compare workbench.show
"""

PLANS_EDIT = """
    plans.new plans.create plans.edit plans.keep plans.ask_for_file plans.take_file
    plan_reviews.ask plan_reviews.take workbench.keep
"""

BY_ROLE = {
    **dict.fromkeys(PLANS_READ.split(), READERS_OF_STATISTICS),
    **dict.fromkeys(PLANS_EDIT.split(), KEEPERS_OF_ROSTERS),
    "plan_reviews.ask_to_decide": {Role.REVIEWER},
    "plan_reviews.decide": {Role.REVIEWER},
    **dict.fromkeys(TO_INSTITUTIONS.split(), INSTITUTIONS),
    **dict.fromkeys(DEPARTMENTS_SENT.split(), READERS_OF_STATISTICS | {Role.EXPERT}),
    **dict.fromkeys(DRAWS_SEEN.split(), READERS_OF_STATISTICS),
    **dict.fromkeys(DRAWS_HELD.split(), KEEPERS_OF_ROSTERS),
    **dict.fromkeys(STATISTICS.split(), READERS_OF_STATISTICS),
    **dict.fromkeys(RISK_KEPT.split(), KEEPERS_OF_ROSTERS),
    **dict.fromkeys(IMPORTS.split(), KEEPERS_OF_ROSTERS),
    **dict.fromkeys(SEEN_INSTITUTIONS.split(), READERS_OF_ROSTERS),
    **dict.fromkeys(KEPT_INSTITUTIONS.split(), KEEPERS_OF_ROSTERS),
    "trail.verify": SUPERVISORS,
    "settings.show": WATCHERS,
    "invitations.index": INVITERS,
    "invitations.invite_institutions": INVITERS,
    "invitations.revoke": INVITERS,
    "invitations.invite_staff": ADMINISTRATORS,
    "hand_overs.confirm": ADMINISTRATORS,
    "hand_overs.index": ADMINISTRATORS,
    "hand_overs.propose": ADMINISTRATORS,
    "hand_overs.withdraw": ADMINISTRATORS,
    "memberships.end": ADMINISTRATORS,
    "memberships.give": ADMINISTRATORS,
    "memberships.replace": ADMINISTRATORS,
    "memberships.tie_identity": ADMINISTRATORS,
    "memberships.untie_identity": ADMINISTRATORS,
    "users.create": ADMINISTRATORS,
    "users.disable": ADMINISTRATORS,
    "users.enable": ADMINISTRATORS,
    "users.end_login": ADMINISTRATORS,
    "users.export": ADMINISTRATORS,
    "users.index": ADMINISTRATORS,
    "users.new": ADMINISTRATORS,
    "users.remove_second_factor": ADMINISTRATORS,
    "users.reset_password": ADMINISTRATORS,
    "users.reveal": ADMINISTRATORS,
    "users.show": ADMINISTRATORS,
    "users.unlock": ADMINISTRATORS,
}

TABLE: dict[str, set[Role] | None] = {
    **dict.fromkeys(PUBLIC.split(), None),
    **dict.fromkeys(SIGNED_IN.split(), ALL),
    **dict.fromkeys(ROSTERS_READ.split(), READERS_OF_ROSTERS),
    **dict.fromkeys(ROSTERS_EDIT.split(), KEEPERS_OF_ROSTERS),
    **BY_ROLE,
}
"""Who may come in, by endpoint; None is everybody, with or without an account."""

ARGUMENTS = {"filename": "css/site.css", "suffix": "csv"}
OUT, LOCKED, FORM_REFUSED = 303, 403, 400


def endpoints(house: House) -> dict[str, set[str]]:
    """The methods of every endpoint."""
    found: dict[str, set[str]] = {}
    for rule in house.app.url_map.iter_rules():
        found.setdefault(rule.endpoint, set()).update(rule.methods or ())
    return found


def address(house: House, endpoint: str) -> str:
    rule = next(house.app.url_map.iter_rules(endpoint))
    known: dict[str, object] = {name: ARGUMENTS.get(name, 999_999) for name in rule.arguments}
    return house.app.url_map.bind("localhost").build(endpoint, known)


def knock(house: House, visitor: Visitor, endpoint: str, methods: Iterable[str]) -> int:
    """The status of the answer; a form is sent without its token, so that it changes nothing."""
    at = address(house, endpoint)
    answer = visitor.client.get(at) if "GET" in methods else visitor.client.post(at)
    answer.close()
    if answer.status_code == OUT and str(answer.location).startswith("/login?next="):
        return OUT
    if answer.status_code == OUT and answer.location == "/login":
        return OUT
    return 200 if answer.status_code == OUT else answer.status_code


def test_the_table_names_every_route_of_the_service(house: House) -> None:
    assert endpoints(house).keys() == TABLE.keys()


def test_a_visitor_without_an_account_is_led_to_the_log_in(house: House) -> None:
    visitor = house.browser()
    for endpoint, methods in endpoints(house).items():
        status = knock(house, visitor, endpoint, methods)

        if TABLE[endpoint] is None:
            assert status not in (OUT, LOCKED, 401), endpoint
        else:
            assert status == OUT, endpoint


@pytest.mark.parametrize("role", Role)
def test_each_door_opens_to_its_roles_and_to_nobody_else(house: House, role: Role) -> None:
    visitor, _ = house.logged_in(role)
    for endpoint, methods in endpoints(house).items():
        status = knock(house, visitor, endpoint, methods)
        allowed = TABLE[endpoint]

        if allowed is not None and role not in allowed:
            assert status == LOCKED, endpoint
        elif allowed is not None and "GET" not in methods:
            assert status == FORM_REFUSED, endpoint
        else:
            assert status not in (OUT, LOCKED, 401), endpoint


def test_somebody_without_any_role_has_an_account_and_nothing_else(house: House) -> None:
    visitor = house.enter(house.person())
    for endpoint in BY_ROLE:
        assert knock(house, visitor, endpoint, endpoints(house)[endpoint]) == LOCKED


def test_a_script_is_told_that_the_log_in_has_ended(house: House) -> None:
    answer = house.browser().client.get("/account", headers={"Sec-Fetch-Dest": "empty"})

    assert answer.status_code == 401


def test_rights_come_from_the_chosen_standing_alone(house: House) -> None:
    planner, _ = house.seated(Role.PROVINCIAL_PLANNER)
    with house.session() as session:
        grant(session, planner.key, Role.EXPERT, SCOPE, people.CLERK, people.NOW)
    visitor = house.enter(planner)
    assert visitor.get("/invitations").status_code == 200
    expert = re.findall(r'"membership_id" value="(\d+)"', visitor.get("/account").text)[0]
    visitor.send("/account/standing", membership_id=expert, delegation_id="")

    assert visitor.get("/invitations").status_code == LOCKED


SCOPE = Scope(ScopeKind.REGION, "330000")
CODES = count(1_000)
REGIONS = st.sampled_from(["110000", "330000", "330100", "330200", "320000"])


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=REGIONS, rows=st.lists(REGIONS, min_size=1, max_size=6))
def test_invitations_are_seen_and_taken_back_in_their_region_only(
    house: House, where: str, rows: list[str]
) -> None:
    planner, _ = house.logged_in(Role.PROVINCIAL_PLANNER, Scope(ScopeKind.REGION, where))
    with house.session() as session:
        sent = [
            invitations.invite_institution(
                session, people.made_up_code(next(CODES)), f"token{next(CODES)}", people.CLERK,
                house.hours(), region=region,
            )
            for region in rows
        ]  # fmt: skip
    page = planner.get("/invitations").text

    for invitation in sent:
        inside = invitation.region.startswith(where.rstrip("0"))
        assert (invitation.scope_key in page) is inside
        if not inside:
            planner.get("/account")
            assert planner.send(f"/invitations/{invitation.key}/revoke").status_code == 404


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pair=st.lists(st.sampled_from(sorted(ALL - WATCHERS)), min_size=2, max_size=3))
def test_jobs_and_events_of_others_are_nobody_elses_business(
    house: House, pair: list[Role]
) -> None:
    visitors = [house.logged_in(role) for role in pair]
    with house.session() as session:
        asked = [
            jobs.enqueue(session, "test", {}, people.actor(user), house.hours()).number
            for _, user in visitors
        ]
    for mine, (visitor, user) in enumerate(visitors):
        listed = visitor.get("/jobs").text
        for theirs, number in enumerate(asked):
            assert (f'"/jobs/{number}"' in listed) is (mine == theirs)
            status = visitor.get(f"/jobs/{number}").status_code
            assert status == (200 if mine == theirs else 404)
        events = visitor.get("/trail").text
        for other, _ in ((u, v) for v, u in visitors if u.key != user.key):
            assert f">{other.display_name}<" not in events
