"""How static files are named and kept: by content, compressed, cached for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also names the modules that a script imports (`import x from "../vendor/x.js";`) by their content."""

    support_js_module_import_aggregation = True
