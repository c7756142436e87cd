"""Pages of notifications: what one was told, what one asks for, how one stops mails; and of webhooks."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vigie.notifications import consumers, mails, operations, queries
from vigie.notifications.forms import PreferenceForm, WebhookChangeForm, WebhookForm
from vigie.notifications.models import Notification, Webhook
from vigie.notifications.permissions import may_be_told, may_manage_webhooks
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime import clock
from vigie.runtime.sealing import seal, unseal

A_PAGE = 25
LATEST = 6
"""How many the bell shows."""
SECRET = "notifications.webhook_secret"  # noqa: S105 -- a key of the session
"""Session key of a secret that was just made: it is shown once, by the next page."""


# ── what one was told ──────────────────────────────────────────────────────────────────────────────────────────────


@require_safe
@in_workspace(may_be_told)
def notices(request: WorkspaceRequest) -> HttpResponse:
    """Show what a member was told, the newest first."""
    page = Paginator(queries.notifications_for(request.membership), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/notices.html", {"page": page})


@require_safe
@in_workspace(may_be_told)
def latest(request: WorkspaceRequest) -> HttpResponse:
    """Show the last of it, under the bell."""
    found = queries.notifications_for(request.membership)[:LATEST]
    return render(request, "notifications/_latest.html", {"notices": found})


@require_safe
@in_workspace(may_be_told)
def bell(request: WorkspaceRequest) -> HttpResponse:
    """Show how much was not seen yet, to a page that may have missed something."""
    return render(request, "notifications/_count.html", {"count": queries.unread_count(request.membership)})


@require_safe
@in_workspace(may_be_told)
def follow(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Lead to the page that says more; what it says counts as seen."""
    notice = _notice(request, pk)
    operations.mark_read(notice, now=clock.now())
    consumers.push_read(request.membership)
    return redirect(queries.page_of(notice.happening))


@require_POST
@in_workspace(may_be_told)
def read(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Take note that one thing was seen."""
    operations.mark_read(_notice(request, pk), now=clock.now())
    consumers.push_read(request.membership)
    return redirect("notices", request.workspace.slug)


@require_POST
@in_workspace(may_be_told)
def read_all(request: WorkspaceRequest) -> HttpResponse:
    """Take note that all of it was seen."""
    operations.mark_all_read(request.membership, now=clock.now())
    consumers.push_read(request.membership)
    return redirect("notices", request.workspace.slug)


def _notice(request: WorkspaceRequest, pk: int) -> Notification:
    return get_object_or_404(queries.notifications_for(request.membership), pk=pk)


# ── what one asks for ──────────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace(may_be_told)
def preferences(request: WorkspaceRequest) -> HttpResponse:
    """Show and change what a member wants to be told."""
    preference = queries.preference_of(request.membership)
    form = PreferenceForm(request.membership, preference, request.POST or None)
    if form.is_valid():
        operations.change_preference(request.membership, form.wishes())
        messages.success(request, _("Saved."))
        return redirect("notice-settings", request.workspace.slug)
    return render(request, "notifications/settings.html", {"form": form, "has_mail": queries.has_mail_server()})


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the token is all that it takes
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mails of whoever got the token in one: by a button, or by their mail program. No sign-in."""
    member_id = mails.member_of(token)
    member = queries.member_called(member_id) if member_id else None
    if member is None:
        return render(request, "notifications/unsubscribe.html", status=410)
    if request.method == "POST":
        operations.stop_mails(member.pk)
    context = {"workspace": member.workspace, "is_done": request.method == "POST"}
    return render(request, "notifications/unsubscribe.html", context)


# ── webhooks ───────────────────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace(may_manage_webhooks)
def webhooks(request: WorkspaceRequest) -> HttpResponse:
    """Show the webhooks of the workspace; a POST adds one."""
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        try:
            added, secret = operations.add_webhook(form.target(), actor=request.membership, now=clock.now())
        except operations.TooManyWebhooks:
            form.add_error(None, _("A workspace has 20 webhooks at most. Remove one first."))
        else:
            return _with_secret(request, added, secret)
    context = {"webhooks": queries.webhooks_for(request.membership), "form": form}
    return render(request, "notifications/webhooks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace(may_manage_webhooks)
def webhook(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show a webhook and what it was sent; a POST changes it."""
    shown = _webhook(request, pk)
    form = WebhookChangeForm(shown, request.POST or None)
    if form.is_valid():
        operations.change_webhook(shown, form.target(), actor=request.membership)
        messages.success(request, _("Saved."))
        return redirect("webhook", request.workspace.slug, pk)
    context = {
        "webhook": shown,
        "form": form,
        "secret": _shown_once(request, pk),
        "page": Paginator(queries.deliveries_of(shown), A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "notifications/webhook.html", context)


@require_POST
@in_workspace(may_manage_webhooks)
def webhook_rotate(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Give a webhook another secret."""
    found = _webhook(request, pk)
    return _with_secret(request, found, operations.rotate_secret(found, actor=request.membership, now=clock.now()))


@require_POST
@in_workspace(may_manage_webhooks)
def webhook_try(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Send a webhook something to try it."""
    operations.try_out(_webhook(request, pk), actor=request.membership, now=clock.now())
    messages.success(request, _("A trial is on its way. Load this page again to see the answer."))
    return redirect("webhook", request.workspace.slug, pk)


@require_POST
@in_workspace(may_manage_webhooks)
def webhook_remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Forget a webhook."""
    operations.remove_webhook(_webhook(request, pk), actor=request.membership)
    messages.success(request, _("The webhook was removed."))
    return redirect("webhooks", request.workspace.slug)


@require_POST
@in_workspace(may_manage_webhooks)
def delivery_again(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Deliver something once more."""
    found = get_object_or_404(queries.deliveries_for(request.membership), pk=pk)
    if operations.redeliver(found, actor=request.membership):
        messages.success(request, _("It is delivered once more, under the same id."))
    else:
        messages.info(request, _("It is still being delivered."))
    return redirect("webhook", request.workspace.slug, found.webhook_id)


def _webhook(request: WorkspaceRequest, pk: int) -> Webhook:
    return get_object_or_404(queries.webhooks_for(request.membership), pk=pk)


def _with_secret(request: WorkspaceRequest, webhook: Webhook, secret: str) -> HttpResponse:
    request.session[f"{SECRET}.{webhook.pk}"] = seal(secret)  # sessions lie in the database
    return redirect("webhook", request.workspace.slug, webhook.pk)


def _shown_once(request: WorkspaceRequest, pk: int) -> str:
    sealed = request.session.pop(f"{SECRET}.{pk}", "")
    return unseal(sealed) if sealed else ""
