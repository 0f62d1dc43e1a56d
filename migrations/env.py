"""How Alembic reaches the database: through the engine it is handed."""

from alembic import context

from models import Base

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    sqlite = connection.dialect.name == "sqlite"
    # SQLite rebuilds a table to change it, and dropping the old one would count as deleting what others point at.  The
    # switch does nothing inside a transaction, so it is thrown on the bare connection, and what it allowed is checked.
    bare = connection.connection.driver_connection
    if sqlite:
        bare.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=sqlite,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    if sqlite:
        broken = bare.execute("PRAGMA foreign_key_check").fetchall()
        bare.execute("PRAGMA foreign_keys=ON")
        if broken:
            raise RuntimeError(f"the migration left rows that point at nothing: {broken[:5]}")
