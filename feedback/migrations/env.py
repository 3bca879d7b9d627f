"""What Alembic runs: the steps, on the connection that it is given."""

from alembic import context

from feedback.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
