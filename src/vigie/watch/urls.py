"""The addresses of channels, below `w/<workspace>/`."""

from django.urls import path

from vigie.watch import views

urlpatterns = [
    path("channels/", views.channels, name="channels"),
    path("channels/add/", views.add_channel, name="channel-add"),
    path("channels/rows/", views.channels_rows, name="channels-rows"),
    path("channels/<int:pk>/look/", views.look_at_channel, name="channel-look"),
    path("channels/<int:pk>/watch/", views.watch_channel, name="channel-watch"),
    path("channels/<int:pk>/unwatch/", views.unwatch_channel, name="channel-unwatch"),
    path("channels/<int:pk>/remove/", views.remove_channel, name="channel-remove"),
]
