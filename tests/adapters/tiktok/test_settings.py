"""What an operator decides of TikTok."""

from vigie.adapters.tiktok.settings import TikTokSettings


def test_secrets_are_masked() -> None:
    told = repr(TikTokSettings(sign_key="k3y", session_id="s3ssion"))

    assert "k3y" not in told
    assert "s3ssion" not in told
    assert "www.tiktok.com" in told


def test_session_is_not_shared_unless_somebody_consents() -> None:
    assert not TikTokSettings(session_id="s3ssion").may_share_session
