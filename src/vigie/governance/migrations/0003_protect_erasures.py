"""More triggers: a payload goes only where its erasure is an entry, nothing is replaced, no table is emptied.

As in 0002, a migration that rebuilds one of these tables on SQLite must run `protect` again.
"""

from importlib import import_module

from django.db import migrations

former = import_module("vigie.governance.migrations.0002_protect_audit")
ENTRY, PAYLOAD, CHAIN = former.ENTRY, former.PAYLOAD, former.CHAIN

# `+` keeps SQLite from looking through the whole chain: the index on objects finds the one entry
ACCOUNTED = f"""EXISTS (
    SELECT 1 FROM {ENTRY} AS entry JOIN {ENTRY} AS erasure ON +erasure.chain_id = entry.chain_id
    WHERE entry.id = OLD.entry_id AND erasure.verb = 'audit.erased' AND erasure.object_type = 'audit_entry'
        AND erasure.object_id = CAST(entry.position AS varchar)
)"""
# `INSERT OR REPLACE` removes what is in its way without a word to the triggers against that.
SAME_ENTRY = "id = NEW.id OR chain_id = NEW.chain_id AND position = NEW.position"
SAME_CHAIN = "id = NEW.id OR COALESCE(workspace_id, 0) = COALESCE(NEW.workspace_id, 0)"
UNACCOUNTED = "an audit payload is removed after its erasure was accounted for"
OWNED, KEPT = "an audit chain keeps its workspace", "audit chains are never removed"

SQLITE = {
    f"audit_entry_insert BEFORE INSERT ON {ENTRY} WHEN EXISTS (SELECT 1 FROM {ENTRY} WHERE {SAME_ENTRY})": (
        "audit entries are never replaced"
    ),
    f"audit_payload_insert BEFORE INSERT ON {PAYLOAD}"
    f" WHEN EXISTS (SELECT 1 FROM {PAYLOAD} WHERE entry_id = NEW.entry_id)": "audit payloads are never replaced",
    f"audit_chain_insert BEFORE INSERT ON {CHAIN} WHEN EXISTS (SELECT 1 FROM {CHAIN} WHERE {SAME_CHAIN})": (
        "audit chains are never replaced"
    ),
    f"audit_payload_delete BEFORE DELETE ON {PAYLOAD} WHEN NOT {ACCOUNTED}": UNACCOUNTED,
    f"audit_chain_owner BEFORE UPDATE OF workspace_id ON {CHAIN}": OWNED,
    f"audit_chain_delete BEFORE DELETE ON {CHAIN}": KEPT,
}
FUNCTIONS = {
    "audit_refuse_unaccounted": f"IF NOT {ACCOUNTED} THEN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0],"
    " ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD;",
    # an empty table may be emptied
    "audit_refuse_emptying": "EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', TG_TABLE_NAME) INTO is_filled;"
    " IF is_filled THEN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0],"
    " ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL;",
}
POSTGRESQL = {
    f"audit_payload_delete BEFORE DELETE ON {PAYLOAD} FOR EACH ROW": ("audit_refuse_unaccounted", UNACCOUNTED),
    f"audit_chain_owner BEFORE UPDATE OF workspace_id ON {CHAIN} FOR EACH ROW": ("audit_refuse", OWNED),
    f"audit_chain_delete BEFORE DELETE ON {CHAIN} FOR EACH ROW": ("audit_refuse", KEPT),
    **{
        f"{table.removeprefix('governance_')}_truncate BEFORE TRUNCATE ON {table}": (
            "audit_refuse_emptying",
            "the audit log is never emptied",
        )
        for table in (ENTRY, PAYLOAD, CHAIN)
    },
}


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for trigger, message in SQLITE.items():
            schema_editor.execute(f"CREATE TRIGGER {trigger} BEGIN SELECT RAISE(ABORT, '{message}'); END")
        return
    for name, body in FUNCTIONS.items():
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ DECLARE is_filled boolean; BEGIN {body} END $$",
            params=None,
        )
    for trigger, (function, message) in POSTGRESQL.items():
        schema_editor.execute(f"CREATE TRIGGER {trigger} EXECUTE FUNCTION {function}('{message}')")


def unprotect(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for trigger in SQLITE:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger.split()[0]}")
        return
    for trigger in POSTGRESQL:
        name, _, rest = trigger.partition(" ")
        table = rest.partition(" ON ")[2].split()[0]
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    for name in FUNCTIONS:
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")


class Migration(migrations.Migration):
    dependencies = [("governance", "0002_protect_audit")]
    operations = [migrations.RunPython(protect, unprotect)]
