"""The site as a Django app."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Wires the areas together once they are all loaded."""

    name = "vigie.site"
    label = "vigie_site"

    def ready(self) -> None:
        """Connect what `site.bootstrap` says."""
        from vigie.runtime import engine  # noqa: PLC0415 -- models must be loaded first
        from vigie.site import bootstrap  # noqa: PLC0415 -- models must be loaded first

        engine.configure()
        bootstrap.wire()
