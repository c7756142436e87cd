"""The site as an ASGI application: pages and the page's WebSocket."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vigie.site.settings")
pages = get_asgi_application()

from vigie.site.consumers import PageConsumer  # noqa: E402 -- needs the apps that the line above loads

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter([path("ws/", PageConsumer.as_asgi())]))),
    }
)
