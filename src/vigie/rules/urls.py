"""The addresses of rules, below `w/<workspace>/`."""

from django.urls import path

from vigie.rules.views import editor, exchange, log, standing

urlpatterns = [
    path("rules/", editor.rules, name="rules"),
    path("rules/new/", editor.edit, name="rule-new"),
    path("rules/new/sheet/", editor.sheet, name="rule-new-sheet"),
    path("rules/new/preview/", editor.preview, name="rule-new-preview"),
    path("rules/import/", exchange.import_rules, name="rules-import"),
    path("rules/rules.yaml", exchange.export, name="rules-export"),
    path("rules/log/", log.log, name="rules-log"),
    path("rules/log/lines/", log.lines, name="rules-log-lines"),
    path("rules/log/<int:pk>/", log.line, name="rules-log-line"),
    path("rules/<int:number>/", editor.edit, name="rule"),
    path("rules/<int:number>/sheet/", editor.sheet, name="rule-sheet"),
    path("rules/<int:number>/preview/", editor.preview, name="rule-preview"),
    path("rules/<int:number>/rule.yaml", exchange.export, name="rule-export"),
    path("rules/<int:number>/turn/", standing.turn, name="rule-turn"),
    path("rules/<int:number>/remove/", standing.remove, name="rule-remove"),
    path("rules/<int:number>/restore/", standing.bring_back, name="rule-restore"),
]
