"""Database triggers: an audit entry is never changed or removed, a payload is never changed, a head only moves on.

Django rebuilds a table on SQLite to alter it, and its triggers go with it: a migration that alters one of these tables
must run `protect` again (tests/governance/test_triggers.py fails otherwise).
"""

from django.db import migrations

ENTRY, PAYLOAD, CHAIN = "governance_auditentry", "governance_auditpayload", "governance_auditchain"
MOVES_ON = "NEW.length = OLD.length + 1 AND NEW.id = OLD.id"

SQLITE = {
    f"audit_entry_update BEFORE UPDATE ON {ENTRY}": "audit entries are never changed",
    f"audit_entry_delete BEFORE DELETE ON {ENTRY}": "audit entries are never removed",
    f"audit_payload_update BEFORE UPDATE ON {PAYLOAD}": "audit payloads are never changed",
    f"audit_chain_update BEFORE UPDATE ON {CHAIN} WHEN NOT ({MOVES_ON})": "the head of an audit chain only moves on",
}
POSTGRESQL = {
    f"audit_entry_update BEFORE UPDATE ON {ENTRY} FOR EACH ROW": "audit entries are never changed",
    f"audit_entry_delete BEFORE DELETE ON {ENTRY} FOR EACH ROW": "audit entries are never removed",
    f"audit_payload_update BEFORE UPDATE ON {PAYLOAD} FOR EACH ROW": "audit payloads are never changed",
    f"audit_chain_update BEFORE UPDATE ON {CHAIN} FOR EACH ROW WHEN (NOT ({MOVES_ON}))": (
        "the head of an audit chain only moves on"
    ),
}
REFUSE = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$
"""


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for trigger, message in SQLITE.items():
            schema_editor.execute(f"CREATE TRIGGER {trigger} BEGIN SELECT RAISE(ABORT, '{message}'); END")
    else:
        schema_editor.execute(REFUSE)
        for trigger, message in POSTGRESQL.items():
            schema_editor.execute(f"CREATE TRIGGER {trigger} EXECUTE FUNCTION audit_refuse('{message}')")


def unprotect(apps, schema_editor):
    for trigger in SQLITE:
        name, _, rest = trigger.partition(" ")
        table = f" ON {rest.split()[3]}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{table}")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS audit_refuse()")


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
