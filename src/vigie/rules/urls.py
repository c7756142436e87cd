"""The addresses of rules, below `w/<workspace>/`."""

from django.urls import path

from vigie.rules import views

urlpatterns = [
    path("rules/", views.rules, name="rules"),
    path("rules/new/", views.edit, name="rule-new"),
    path("rules/new/sheet/", views.sheet, name="rule-new-sheet"),
    path("rules/new/preview/", views.preview, name="rule-new-preview"),
    path("rules/import/", views.import_rules, name="rules-import"),
    path("rules/rules.yaml", views.export, name="rules-export"),
    path("rules/log/", views.log, name="rules-log"),
    path("rules/<int:number>/", views.edit, name="rule"),
    path("rules/<int:number>/sheet/", views.sheet, name="rule-sheet"),
    path("rules/<int:number>/preview/", views.preview, name="rule-preview"),
    path("rules/<int:number>/rule.yaml", views.export, name="rule-export"),
    path("rules/<int:number>/turn/", views.turn, name="rule-turn"),
    path("rules/<int:number>/remove/", views.remove, name="rule-remove"),
    path("rules/<int:number>/restore/", views.bring_back, name="rule-restore"),
]
