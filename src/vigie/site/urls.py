"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from vigie.clips import urls as clips
from vigie.notifications import urls as notifications
from vigie.people import urls as people
from vigie.site import api, channels, chat, chatters, listening, timelines, transcripts, views, wall
from vigie.site import board as pages

board = [
    path("health/", views.health, name="health"),
    path("wall/", wall.wall, name="wall"),
    path("wall/tiles/", wall.wall_tiles, name="wall-tiles"),
    path("wall/counters/", wall.wall_counters, name="wall-counters"),
    path("wall/alerts/", wall.wall_alerts, name="wall-alerts"),
    path("wall/look/", wall.wall_look, name="wall-look"),
    path("lives/<int:pk>/thumbnail.jpg", wall.thumbnail, name="live-thumbnail"),
    path("channels/<int:pk>/", channels.channel, name="channel"),
    path("channels/<int:pk>/now/", channels.channel_now, name="channel-now"),
    path("channels/<int:pk>/seen/", channels.channel_seen, name="channel-seen"),
    path("lives/", pages.lives, name="lives"),
    path("lives/on-air/", pages.on_air, name="lives-on-air"),
    path("lives/<int:pk>/", pages.live, name="live"),
    path("lives/<int:pk>/head/", pages.live_head, name="live-head"),
    path("lives/<int:pk>/words/", pages.live_words, name="live-words"),
    path("lives/<int:pk>/facts/", pages.live_facts, name="live-facts"),
    path("lives/<int:pk>/lanes/", timelines.live_lanes, name="live-lanes"),
    path("lives/<int:pk>/lanes/table/", timelines.live_table, name="live-table"),
    path("lives/<int:pk>/stretch/", timelines.live_stretch, name="live-stretch"),
    path("lives/<int:pk>/stretch.flac", listening.stretch_sound, name="stretch-sound"),
    path("lives/<int:pk>/marks/", timelines.place_mark, name="mark-place"),
    path("marks/<int:pk>/remove/", timelines.remove_mark, name="mark-remove"),
    path("lives/<int:pk>/chat/", chat.live_chat, name="live-chat"),
    path("lives/<int:pk>/chat/search/", chat.chat_search, name="chat-search"),
    path("lives/<int:pk>/chat.csv", chat.download, {"form": "csv"}, name="chat-csv"),
    path("lives/<int:pk>/chat.jsonl", chat.download, {"form": "jsonl"}, name="chat-jsonl"),
    path("chatters/<int:pk>/", chatters.chatter, name="chatter"),
    path("chatters/<int:pk>/reveal/", chatters.reveal, name="chatter-reveal"),
    path("chatters/<int:pk>/erase/", chatters.erase, name="chatter-erase"),
    path("lives/<int:pk>/alerts/", pages.live_alerts, name="live-alerts"),
    path("lives/<int:pk>/transcript/", transcripts.transcript, name="transcript"),
    path("lives/<int:pk>/transcript.txt", transcripts.download, {"form": "txt"}, name="transcript-text"),
    path("lives/<int:pk>/transcript.json", transcripts.download, {"form": "json"}, name="transcript-json"),
]
handler400 = "vigie.site.views.bad_request"
handler403 = "vigie.site.views.permission_denied"
handler404 = "vigie.site.views.page_not_found"
handler500 = "vigie.site.views.server_error"

urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("", include(people.outside)),
    path("", include(notifications.outside)),
    path("", include(clips.outside)),
    path("accounts/", include(people.accounts)),
    path("api/v1/docs", api.docs, name="api-docs"),
    path("api/v1/", api.api.urls),
    path("w/<slug:workspace>/", include("vigie.people.urls")),
    path("w/<slug:workspace>/", include("vigie.governance.urls")),
    path("w/<slug:workspace>/", include("vigie.watch.urls")),
    path("w/<slug:workspace>/", include("vigie.speech.urls")),
    path("w/<slug:workspace>/", include("vigie.risk.urls")),
    path("w/<slug:workspace>/", include("vigie.rules.urls")),
    path("w/<slug:workspace>/", include("vigie.clips.urls")),
    path("w/<slug:workspace>/", include("vigie.moderation.urls")),
    path("w/<slug:workspace>/", include("vigie.notifications.urls")),
    path("w/<slug:workspace>/", include(board)),
    path("admin/", admin.site.urls),
]
