"""The addresses of the policy, below `w/<workspace>/`."""

from django.urls import path

from vigie.risk import views

urlpatterns = [
    path("policy/", views.policy, name="policy"),
    path("policy/edit/", views.edit_policy, name="policy-edit"),
    path("policy/changes/", views.policy_changes, name="policy-changes"),
    path("policy/try/", views.try_text, name="policy-try"),
    path("policy/versions/<int:version>/", views.policy_version, name="policy-version"),
    path("policy/versions/<int:version>/restore/", views.restore_policy, name="policy-restore"),
]
