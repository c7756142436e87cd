"""What a signed-in reader chose: language and time zone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


def reader_preferences(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer in the reader's language and time zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        request.LANGUAGE_CODE = request.user.language
        with translation.override(request.user.language), timezone.override(request.user.zone):
            return get_response(request)

    return middleware
