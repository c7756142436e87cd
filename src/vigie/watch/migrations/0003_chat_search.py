"""The words of chats are looked up in an index of SQLite's (FTS5), kept by triggers in the transaction of each message.

Django rebuilds a table on SQLite to alter it, and its triggers go with it: a migration that alters chat messages must
run `index` again (tests/watch/test_chat_search.py fails otherwise).
"""

from django.db import migrations

TABLE, SEARCH = "watch_chatmessage", "watch_chatsearch"
ADD = f"INSERT INTO {SEARCH}(rowid, text) VALUES (new.id, new.text);"
DROP = f"INSERT INTO {SEARCH}({SEARCH}, rowid, text) VALUES ('delete', old.id, old.text);"
TRIGGERS = {
    f"chat_search_insert AFTER INSERT ON {TABLE} WHEN new.text <> ''": ADD,
    f"chat_search_delete AFTER DELETE ON {TABLE} WHEN old.text <> ''": DROP,
    f"chat_search_update AFTER UPDATE OF text ON {TABLE}": DROP + ADD,
}


def index(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    tokens = "tokenize = 'unicode61 remove_diacritics 2'"
    schema_editor.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {SEARCH} USING fts5(text, content='{TABLE}', content_rowid='id', {tokens})"
    )
    for trigger, act in TRIGGERS.items():
        schema_editor.execute(f"CREATE TRIGGER IF NOT EXISTS {trigger} BEGIN {act} END")


def unindex(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for trigger in TRIGGERS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger.split()[0]}")
        schema_editor.execute(f"DROP TABLE IF EXISTS {SEARCH}")


class Migration(migrations.Migration):
    dependencies = [("watch", "0002_audiences")]
    operations = [migrations.RunPython(index, unindex)]
