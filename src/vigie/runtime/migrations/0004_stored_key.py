"""Make the key of fingerprints: random, and sealed with the secret key of the installation."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from vigie.runtime.fingerprints import NAME, new_key


def make_key(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Store one."""
    apps.get_model("runtime", "StoredKey").objects.create(name=NAME, sealed=new_key())


class Migration(migrations.Migration):
    """Makes the table, and its one row."""

    dependencies = [("runtime", "0003_audiences")]
    operations = [
        migrations.CreateModel(
            name="StoredKey",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("sealed", models.TextField()),
            ],
            options={"verbose_name": "stored key"},
        ),
        migrations.RunPython(make_key, migrations.RunPython.noop),
    ]
