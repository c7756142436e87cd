"""Addresses of alerts, under a workspace."""

from django.urls import path

from vigie.moderation import views

urlpatterns = [
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/news/", views.news, name="alert-news"),
    path("alerts/<int:pk>/", views.alert, name="alert"),
    path("alerts/<int:pk>/moment/", views.moment, name="alert-moment"),
    path("alerts/<int:pk>/standing/", views.standing, name="alert-standing"),
    path("alerts/<int:pk>/decision/", views.decide, name="alert-decide"),
    path("alerts/<int:pk>/undo/", views.undo, name="alert-undo"),
    path("alerts/<int:pk>/notes/", views.note, name="alert-note"),
    path("alerts/<int:pk>/audio/", views.audio, name="alert-audio"),
    path("alerts/<int:pk>/peaks/", views.peaks, name="alert-peaks"),
]
