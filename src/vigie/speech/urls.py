"""The addresses of what was said, below `w/<workspace>/`."""

from django.urls import path

from vigie.speech import views

urlpatterns = [path("utterances/<int:pk>/retry/", views.retry, name="utterance-retry")]
