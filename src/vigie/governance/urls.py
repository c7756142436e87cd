"""Addresses of the audit log, under a workspace."""

from django.urls import path

from vigie.governance import views

urlpatterns = [
    path("audit/", views.audit, name="audit"),
    path("audit/verify/", views.audit_verify, name="audit-verify"),
]
