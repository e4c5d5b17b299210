"""What a reader does with a page in a browser, and what can be seen there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def page(folder: Path, sha256: str) -> str:
    """Return the address of the page of a video."""
    return (folder / f"video-{sha256[:12]}.html").as_uri()


def open_page(browser: Any, address: str) -> None:
    """Open a page from scratch, with empty logs, and wait for its track."""
    browser.get("about:blank")
    for kind in ("browser", "performance"):
        browser.get_log(kind)
    browser.get(address)
    wait_for(browser, "!document.getElementById('data') || document.body.dataset.track")


def script(browser: Any, code: str, *values: Any) -> Any:
    """Return what an expression gives in the page."""
    return browser.execute_script(f"return {code}", *values)


def text(browser: Any, css: str) -> str:
    """Return the words of an element as they are shown."""
    return str(script(browser, f"document.querySelector({json.dumps(css)}).innerText"))


def click(browser: Any, css: str, share: float, y: int = 10) -> None:
    """Click at a share of the width of an element and ``y`` px from its top, as a hand would."""
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By

    element = browser.find_element(By.CSS_SELECTOR, css)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    box = element.rect
    dx, dy = box["width"] * (share - 0.5), y - box["height"] / 2
    ActionChains(browser).move_to_element_with_offset(element, int(dx), int(dy)).click().perform()


def press(browser: Any, *keys: str) -> None:
    """Press keys one after the other."""
    from selenium.webdriver import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def cursor(browser: Any) -> float:
    """Return the time in the address."""
    return float(str(script(browser, "location.hash")).split("&t=")[1].split("&")[0])


def wait_for(browser: Any, code: str, seconds: float = 20.0) -> Any:
    """Wait until an expression is true in the page, and return it."""
    from selenium.webdriver.support.ui import WebDriverWait

    waiting = WebDriverWait(browser, seconds, poll_frequency=0.02)
    return waiting.until(lambda driver: driver.execute_script(f"return {code}"), code)


def problems(browser: Any) -> list[str]:
    """Return what the console complains of since the page was opened."""
    found = browser.get_log("browser")
    return [entry["message"] for entry in found if entry["level"] in ("SEVERE", "WARNING")]


def requests(browser: Any) -> list[str]:
    """Return every address that was asked for since the page was opened."""
    messages = [json.loads(e["message"])["message"] for e in browser.get_log("performance")]
    sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [params["request"]["url"] for params in sent]
