"""All tables of the house in one metadata: who creates, migrates or checks a database asks here.

Every module with tables is imported below; a table that is missing here has no migration.
"""

from sqlmodel import SQLModel

import core.accounts
import core.attempts
import core.checkpoints
import core.delegations
import core.departures
import core.files
import core.identities
import core.invitations
import core.jobs
import core.logins
import core.memberships
import core.messages
import core.passwords
import core.second_factor
import core.trail  # noqa: F401
import inspections.drawn_units
import inspections.draws
import inspections.frames
import inspections.motions
import inspections.plans
import inspections.sources
import inspections.substitutions
import inspections.teams.notices
import inspections.teams.recusals
import inspections.teams.rules
import inspections.teams.seats
import inspections.teams.stand_ins
import inspections.teams.tasks
import inspections.teams.visits  # noqa: F401
import rosters.certificates
import rosters.departments
import rosters.experts
import rosters.finding.institution_lines
import rosters.finding.saved_views
import rosters.finding.search
import rosters.flags
import rosters.imports.cases
import rosters.imports.imports
import rosters.imports.matchings
import rosters.inspectors
import rosters.institutions
import rosters.items
import rosters.premises
import rosters.relations
import rosters.risk.decisions
import rosters.risk.indicators
import rosters.risk.scores
import rosters.statements
import rosters.successions
import rosters.vocabularies  # noqa: F401

metadata = SQLModel.metadata
