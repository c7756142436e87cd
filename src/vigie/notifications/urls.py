"""Addresses of notifications and webhooks: those of a workspace, and the way out of mails."""

from django.urls import path

from vigie.notifications import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/latest/", views.latest, name="notices-latest"),
    path("notices/bell/", views.bell, name="notices-bell"),
    path("notices/read/", views.read_all, name="notices-read"),
    path("notices/<int:pk>/", views.follow, name="notice"),
    path("notices/<int:pk>/read/", views.read, name="notice-read"),
    path("notices/settings/", views.preferences, name="notice-settings"),
    path("webhooks/", views.webhooks, name="webhooks"),
    path("webhooks/<int:pk>/", views.webhook, name="webhook"),
    path("webhooks/<int:pk>/secret/", views.webhook_rotate, name="webhook-rotate"),
    path("webhooks/<int:pk>/try/", views.webhook_try, name="webhook-try"),
    path("webhooks/<int:pk>/remove/", views.webhook_remove, name="webhook-remove"),
    path("deliveries/<int:pk>/again/", views.delivery_again, name="delivery-again"),
]
outside = [path("notices/unsubscribe/<str:token>/", views.unsubscribe, name="notices-unsubscribe")]
