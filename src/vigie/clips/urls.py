"""Addresses of clips: those of a workspace, and those of whoever was given a link."""

from django.urls import path

from vigie.clips.views import archive, clip, making, obs, settings, sharing

urlpatterns = [
    path("clips/", archive.clips, name="clips"),
    path("clips/news/", archive.news, name="clips-news"),
    path("clips/change/", archive.change, name="clips-change"),
    path("clips/undo/", archive.undo, name="clips-undo"),
    path("clips/settings/", settings.settings, name="clip-settings"),
    path("clips/settings/names/", settings.name_preview, name="clip-name-preview"),
    path("clips/settings/keeping/", settings.keeping_preview, name="clip-keeping-preview"),
    path("clips/<int:pk>/", clip.clip, name="clip"),
    path("clips/<int:pk>/standing/", clip.standing, name="clip-standing"),
    path("clips/<int:pk>/toast/", making.toast, name="clip-toast"),
    path("clips/<int:pk>/video.mp4", clip.video, name="clip-video"),
    path("clips/<int:pk>/download/", clip.download, name="clip-download"),
    path("clips/<int:pk>/poster.jpg", clip.poster, name="clip-poster"),
    path("clips/<int:pk>/change/", clip.change, name="clip-change"),
    path("clips/<int:pk>/name/", clip.rename, name="clip-rename"),
    path("clips/<int:pk>/keep/", clip.keep, name="clip-keep"),
    path("clips/<int:pk>/hold/", clip.hold, name="clip-hold"),
    path("clips/<int:pk>/again/", clip.again, name="clip-again"),
    path("clips/<int:pk>/remove/", clip.remove, name="clip-remove"),
    path("clips/<int:pk>/share/", clip.share, name="clip-share"),
    path("clips/links/<int:pk>/revoke/", clip.revoke, name="clip-link-revoke"),
    path("obs/", obs.instances, name="obs"),
    path("obs/try/", obs.try_new, name="obs-try-new"),
    path("obs/<int:pk>/", obs.instance, name="obs-instance"),
    path("obs/<int:pk>/try/", obs.try_one, name="obs-try"),
    path("obs/<int:pk>/remove/", obs.remove, name="obs-remove"),
    path("lives/<int:pk>/clips/", making.of_live, name="live-clips"),
    path("lives/<int:pk>/clips/make/", making.make, name="clip-make"),
]
outside = [
    path("c/<str:token>/", sharing.shared, name="shared-clip"),
    path("c/<str:token>/video.mp4", sharing.video, name="shared-video"),
    path("c/<str:token>/poster.jpg", sharing.poster, name="shared-poster"),
]
