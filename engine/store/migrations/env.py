"""Run by Alembic: migrate the connection that `migrate` hands over, all steps in its one transaction."""

from __future__ import annotations

from alembic import context

from engine.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    user_module_prefix="types.",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
