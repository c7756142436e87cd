"""The wiring: the only place where a vendor meets an area.

The way of the data can be read here from top to bottom.
"""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from vigie import events, ports
from vigie.clips import actions as clip_actions
from vigie.clips import archive as clip_archive
from vigie.clips import consumers as clip_pages
from vigie.clips import cutting, evidence, obslink, rings
from vigie.clips import operations as clip_operations
from vigie.clips import receivers as clip_receivers
from vigie.clips import tasks as clip_tasks
from vigie.governance import receivers as governance
from vigie.moderation import actions as alerting
from vigie.moderation import consumers as alerts
from vigie.moderation import queries as alert_queries
from vigie.moderation import receivers as moderation
from vigie.notifications import actions as calling
from vigie.notifications import consumers as notices
from vigie.notifications import operations as telling
from vigie.notifications import receivers as notifications
from vigie.notifications import tasks as telling_tasks
from vigie.notifications.permissions import may_follow_notices
from vigie.people import operations as people
from vigie.people import presets
from vigie.people import tasks as people_tasks
from vigie.ports import Reach
from vigie.risk import operations as risk_operations
from vigie.risk import receivers as risk
from vigie.risk import tasks as risk_tasks
from vigie.rules import actions as rule_actions
from vigie.rules import consumers as rule_pages
from vigie.rules import following, marks, results
from vigie.rules import operations as rule_operations
from vigie.rules import receivers as rules
from vigie.rules import tasks as rule_tasks
from vigie.rules.actions import ActionKind
from vigie.rules.permissions import may_follow_rules
from vigie.runtime import bus, engine, registry
from vigie.runtime.engine import WorkQueue
from vigie.site import channel_pushes, chat_pushes, platforms, pushes, wall_pushes
from vigie.site.consumers import TOPICS
from vigie.site.platforms import Vendors
from vigie.speech import listening, operations, recognizers, spool
from vigie.speech import permissions as speech
from vigie.speech import receivers as hearing
from vigie.speech import tasks as speech_tasks
from vigie.watch import permissions as watch
from vigie.watch import receivers as audiences
from vigie.watch import watching


def wire() -> None:
    """Connect ports, events, work queues and topics. Called once, when Django's apps are ready."""
    _provide_ports()
    bus.react(events.Acted, clip_receivers.hide_names)  # first: whoever has the audit chain waits for no row
    bus.react(events.Acted, governance.record)
    bus.react(events.Acted, audiences.hide_identities)
    _let_the_data_flow()
    _let_rules_look()
    _make_clips()
    _let_people_know()
    _wire_pages()


def _provide_ports() -> None:
    """Say which adapter stands behind each port; it is imported on first use."""
    let_sources_reach(_reach())
    registry.provide(ports.AudioCodec, "vigie.adapters.audio.client.FlacCodec")
    registry.provide(ports.VoiceActivity, "vigie.adapters.silero.client.SileroVoiceActivity")
    registry.provide(ports.Recognizer, _recognizer)
    registry.provide(ports.ModelHub, _model_hub)
    registry.provide(ports.LanguageIdentifier, "vigie.adapters.langdetect.client.FastTextIdentifier")
    registry.provide(ports.WebhookSender, _webhook_sender)


def _reach() -> Reach:
    """Return how far the addresses that people type may lead."""
    return Reach.NETWORK if settings.OPTIONS.allow_private_addresses else Reach.INTERNET


def _webhook_sender() -> ports.WebhookSender:
    """Return what posts to the addresses that people type."""
    from vigie.adapters.webhook.client import HttpWebhooks  # noqa: PLC0415 -- a vendor, on first use

    return HttpWebhooks(_reach())


def let_sources_reach(reach: Reach, vendors: Vendors | None = None) -> None:
    """Say how far the addresses of sources may lead, in this program, and where the platforms are."""
    platforms.provide(reach, vendors or Vendors())

    def web() -> ports.MediaSource:
        from vigie.adapters.web.client import WebMedia  # noqa: PLC0415 -- a vendor, on first use

        return WebMedia(reach)

    registry.provide(ports.MediaSource, web)


def _recognizer() -> ports.Recognizer | None:
    """Return what hears, as the settings ask for and the models at hand allow."""
    from vigie.adapters.sphinx.client import SphinxRecognizer  # noqa: PLC0415 -- a vendor, on first use
    from vigie.adapters.whisper.client import WhisperRecognizer  # noqa: PLC0415 -- a vendor, on first use

    choice = recognizers.choose()
    if choice.model:
        return WhisperRecognizer(choice.model)
    return SphinxRecognizer() if choice.recognizer == recognizers.POCKETSPHINX else None


def _model_hub() -> ports.ModelHub:
    """Return where speech models come from."""
    from vigie.adapters.whisper.hub import HuggingFaceHub  # noqa: PLC0415 -- a vendor, on first use

    return HuggingFaceHub(settings.OPTIONS.model_hub)


def _let_the_data_flow() -> None:
    """Sound to words to an assessment to an alert: each is written in the transaction of what causes it."""
    watching.add_sink(listening.listen)
    watching.add_recall(spool.kept_until)
    engine.register(WorkQueue(operations.TRANSCRIBE, speech_tasks.is_due))
    bus.react(events.UtteranceSettled, risk.queue_speech)
    engine.register(WorkQueue(risk_operations.ASSESS, risk_tasks.is_due))
    bus.react(events.TextAssessed, hearing.remember_alert)
    bus.react(events.TextAssessed, moderation.raise_alerts)  # last: its act holds the audit chain until the commit
    engine.register(WorkQueue(people.CHECK, people_tasks.is_due))


def _let_rules_look() -> None:
    """Whatever happens to the rules, and from them to what the areas can do."""
    bus.react(events.LiveStarted, rules.take_start)
    bus.react(events.AudienceActive, rules.take_chat)
    bus.react(events.UtteranceSettled, rules.take_speech)
    bus.react(events.TextAssessed, rules.take_verdict)
    bus.react(events.LiveSampled, rules.take_counts)
    bus.react(events.LiveEnded, rules.take_end)
    for kind in (events.AudienceActive, events.UtteranceSettled, events.TextAssessed):
        bus.follow(kind, following.wake)
    engine.register(WorkQueue(rule_operations.ACT, rule_tasks.is_due))
    bus.react(events.Acted, risk.forget_erased)  # rules let the chat be judged
    for action in (
        ActionKind("mark", _("mark the moment"), marks.place_mark, marks.MarkOptions),
        ActionKind("alert", _("raise an alert"), alerting.raise_alert, alerting.AlertOptions, presets.MODERATION),
        ActionKind("notify", _("tell the team"), calling.notify, calling.NotifyOptions),
        ActionKind("webhook", _("call a webhook"), calling.call_webhook, calling.WebhookOptions),
    ):
        rule_actions.register(action)


def _make_clips() -> None:
    """Packets to a ring in memory, and from it, or from an OBS, to files: each step is a state of the clip's row."""
    registry.provide(ports.VideoFiles, "vigie.adapters.mp4.client.Mp4Files")
    registry.provide(ports.ObsConnector, _obs_connector)
    watching.add_sink(rings.keep, wants_packets=rings.wants)
    bus.follow(events.ClipChanged, cutting.wake)
    bus.follow(events.ClipChanged, obslink.wake)
    bus.follow(events.ObsChanged, obslink.wake)
    engine.register(WorkQueue(clip_operations.FINISH, clip_tasks.is_due))
    engine.register(WorkQueue(clip_operations.TIDY, clip_tasks.is_untidy))
    evidence.ask(alert_queries.undecided_among)
    rule_actions.register(
        ActionKind("clip", _("cut a clip"), clip_actions.cut_clip, clip_actions.ClipOptions, presets.CLIPS)
    )
    rule_actions.register(
        ActionKind(
            "replay", _("save the OBS replay"), clip_actions.save_replay, clip_actions.ReplayOptions, presets.CLIPS
        )
    )
    results.lead("clips", clip_archive.pages_of_firings)


def _obs_connector() -> ports.ObsConnector:
    """Return what connects to the OBS that people name."""
    from vigie.adapters.obs.client import ObsWebSocket  # noqa: PLC0415 -- a vendor, on first use

    return ObsWebSocket(_reach())


def _let_people_know() -> None:
    """Lives and alerts to whoever is to be told of them: noted with their cause, told by the engine."""
    bus.react(events.LiveStarted, notifications.note_start)
    bus.react(events.LiveEnded, notifications.note_end)
    bus.react(events.LiveResumed, notifications.take_back_end)
    bus.react(events.AlertRaised, notifications.note_alert)
    engine.register(WorkQueue(telling.TELL, telling_tasks.is_telling_due))
    engine.register(WorkQueue(telling.MAIL, telling_tasks.is_mail_due))
    engine.register(WorkQueue(telling.DELIVER, telling_tasks.is_delivery_due))


def _wire_pages() -> None:
    """Tell open pages what happened, as far as their readers may know."""
    TOPICS["live"] = watch.may_follow_live
    TOPICS["lives"] = watch.may_follow_workspace
    TOPICS["words"] = speech.may_read_live
    TOPICS["said"] = speech.may_read_workspace
    TOPICS["alerts"] = alerts.may_follow_alerts
    TOPICS["notices"] = may_follow_notices

    bus.follow(events.LiveStarted, pushes.show_live)
    bus.follow(events.LiveStateChanged, pushes.show_state)
    bus.follow(events.LiveEnded, pushes.show_state)
    bus.follow(events.GapRecorded, pushes.show_gap)
    bus.follow(events.UtteranceSettled, pushes.show_words)
    bus.follow(events.TextAssessed, pushes.show_judgement)
    bus.follow(events.AlertRaised, pushes.show_alerts)
    bus.follow(events.AlertRaised, alerts.push_raised)
    bus.follow(events.AlertChanged, pushes.show_alerts)
    bus.follow(events.AlertChanged, alerts.push_changed)
    bus.follow(events.LiveResumed, notices.push_taken_back)
    bus.follow(events.Acted, pushes.reconsider_access)
    _wire_the_wall()
    _wire_audiences()
    _wire_channels()
    _wire_rules()
    _wire_clips()


def _wire_the_wall() -> None:
    """Tell open walls what happened; nothing is rendered where nobody looks."""
    TOPICS["wall"] = watch.may_follow_workspace
    TOPICS["wall-words"] = speech.may_read_workspace
    TOPICS["wall-alerts"] = alerts.may_follow_alerts

    bus.follow(events.LiveSampled, wall_pushes.show_counts)
    bus.follow(events.PictureTaken, wall_pushes.show_picture)
    bus.follow(events.LiveStarted, wall_pushes.show_start)
    bus.follow(events.LiveStateChanged, wall_pushes.show_state)
    bus.follow(events.LiveEnded, wall_pushes.show_state)
    bus.follow(events.LiveResumed, wall_pushes.show_state)
    bus.follow(events.MarkPlaced, wall_pushes.show_state)
    bus.follow(events.PresenceChanged, wall_pushes.show_presence)
    bus.follow(events.TextAssessed, wall_pushes.show_said)
    bus.follow(events.GapRecorded, wall_pushes.show_gap)
    bus.follow(events.AlertRaised, wall_pushes.show_alerts)
    bus.follow(events.AlertChanged, wall_pushes.show_alerts)


def _wire_audiences() -> None:
    """Tell the open pages of a live what its audience does."""
    TOPICS["chat"] = watch.may_follow_chat

    bus.follow(events.AudienceActive, chat_pushes.show_messages)
    bus.follow(events.MessagesHidden, chat_pushes.show_hidden)
    bus.follow(events.GapRecorded, chat_pushes.show_gap)
    bus.follow(events.LiveSampled, chat_pushes.show_counts)


def _wire_channels() -> None:
    """Tell open pages of channels how they stand."""
    TOPICS["channels"] = watch.may_follow_workspace

    bus.follow(events.PresenceChanged, channel_pushes.show_presence)
    bus.follow(events.LiveStarted, channel_pushes.show_live)
    bus.follow(events.LiveStateChanged, channel_pushes.show_live)
    bus.follow(events.LiveEnded, channel_pushes.show_live)
    bus.follow(events.LiveResumed, channel_pushes.show_live)
    bus.follow(events.LiveSampled, channel_pushes.show_counts)


def _wire_rules() -> None:
    """Tell open logs of rules that something is new."""
    TOPICS["rules"] = may_follow_rules

    bus.follow(events.RuleFired, rule_pages.show_firing)


def _wire_clips() -> None:
    """Tell open pages how far clips have come, and how OBS do."""
    TOPICS["clips"] = clip_pages.may_follow_clips
    TOPICS["obs"] = clip_pages.may_follow_obs

    bus.follow(events.ClipChanged, clip_pages.show_clip)
    bus.follow(events.ObsChanged, clip_pages.show_obs)
