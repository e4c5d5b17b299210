"""Addresses of streams are shown without anything secret."""

from __future__ import annotations

import pytest

from analyzer.video.stream_url import folder_name, has_secret, host_of, shown_url

SECRET = [
    "rtsp://admin:hunter2@10.0.0.5:554/Streaming/Channels/101",
    "rtsp://admin:hunt/er2hunter2@10.0.0.5:554/live",
    "rtsp://admin:hunter2?x@10.0.0.5/live",
    "rtsp://admin:a@hunter2@10.0.0.5/live",
    "http://10.0.0.5/video.cgi?user=admin&pwd=hunter2&channel=1",
    "rtsp://10.0.0.5:554/user=admin&password=hunter2&channel=1&stream=0.sdp?real_stream",
    "rtsp://10.0.0.5/user=admin_password=hunter2_channel=1_stream=0.sdp",
    "http://10.0.0.5?token=hunter2",
    "http://10.0.0.5/a.m3u8#hunter2",
    "HTTPS://:hunter2@cam.example/live.m3u8",
]


@pytest.mark.parametrize("url", SECRET)
def test_no_password_is_shown(url: str) -> None:
    shown = shown_url(url)
    assert "hunter2" not in shown and "admin" not in shown
    assert "10.0.0.5" in shown or "cam.example" in shown, "which camera it is stays"
    assert has_secret(url) or "#" in url
    assert shown_url(shown) == shown


def test_an_address_without_secrets_stays() -> None:
    for url in (
        "rtsp://10.0.0.5:554/live/main",
        "https://cam.example/@park/live.m3u8",
        "rtsp://[fe80::1]:554/live",
        "/dev/video0",
    ):
        assert shown_url(url) == url
        assert not has_secret(url)
    assert host_of("rtsp://u:p@10.0.0.5:554/live") == ("10.0.0.5", 554)
    with pytest.raises(ValueError, match="no host"):
        host_of("rtsp:///live")


def test_a_folder_has_a_name_that_every_system_takes() -> None:
    assert folder_name("Gate / North: 2") == "gate-north-2"
    assert folder_name("Вход №1") == "вход-1"
    assert folder_name("../..") == "camera"
