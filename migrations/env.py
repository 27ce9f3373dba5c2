"""Alembic's entry: migrates the database it is given (`web/operation/migrating.py`)."""

from alembic import context
from sqlalchemy import Connection

from web.tables import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite cannot alter tables in place: alembic copies them
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
