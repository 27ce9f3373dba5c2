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
import inspections.substitutions  # noqa: F401
import rosters.certificates
import rosters.departments
import rosters.experts
import rosters.flags
import rosters.imports.cases
import rosters.imports.imports
import rosters.imports.matchings
import rosters.indicators
import rosters.inspectors
import rosters.institution_lines
import rosters.institutions
import rosters.items
import rosters.premises
import rosters.relations
import rosters.risk_decisions
import rosters.saved_views
import rosters.scores
import rosters.search
import rosters.statements
import rosters.successions
import rosters.vocabularies  # noqa: F401

metadata = SQLModel.metadata
