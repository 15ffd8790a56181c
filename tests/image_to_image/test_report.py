"""The page of results, as a parser sees it and as a browser runs it."""

import html.parser
import shutil
import subprocess

import numpy as np
import PIL.Image
import pytest

from zoo.errors import RequestError
from zoo.image_to_image import report
from zoo.image_to_image.evaluation import Measured

CHROMIUM = shutil.which("chromium")


class Page(html.parser.HTMLParser):
    """What the tests look at: rows' names in order, pictures, what can be sorted by."""

    def __init__(self, text):
        super().__init__()
        self.names, self.pictures, self.metrics, self.outside = [], [], [], []
        self.is_first = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.is_first = tag == "td" and self.is_row
        self.is_row = tag == "tr"
        if tag == "img":
            self.pictures.append(attributes["src"])
        if tag == "button":
            self.metrics.append(attributes["data-by"])
        self.outside += [value for name, value in attributes.items()
                         if value and name in ("src", "href") and "//" in value]

    is_row = False

    def handle_data(self, data):
        if self.is_first:
            self.names.append(data)
            self.is_first = False


@pytest.fixture
def page(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (3, 8, 6, 3), np.uint8)
    measured = Measured(
        ("first", "<second> & co", "third"),
        {name: images for name in ("source", "output", "target")},
        {"l1": np.array([0.5, 0.125, 0.25]), "psnr_db": np.array([9.0, 10.0, -1.5])},
        {"l1": {"value": 0.2917, "low": 0.1, "high": 0.5}})
    return report.write(tmp_path, "pix2pix on <test>", measured)


def test_a_row_a_pair_with_pictures_beside_the_page(page):
    parsed = Page(page.read_text())
    assert parsed.names == ["first", "<second> & co", "third"]
    assert parsed.metrics == ["l1", "psnr_db"]
    assert len(parsed.pictures) == 9 and not parsed.outside
    for picture in parsed.pictures:
        assert PIL.Image.open(page.parent / picture).size == (6, 8)
    assert "l1 0.2917" in page.read_text() and "pix2pix on &lt;test&gt;" in page.read_text()


def test_an_earlier_report_is_replaced(page):
    (page.parent / "images" / "old.png").write_bytes(b"")
    empty = Measured(("only",), {}, {"l1": np.array([1.0])}, {})
    assert report.write(page.parent.parent, "again", empty) == page
    assert not list((page.parent / "images").iterdir())


def test_somebody_s_own_report_is_never_touched(tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "index.html").write_text("years of work")
    measured = Measured(("only",), {}, {"l1": np.array([1.0])}, {})
    for refused in (lambda: report.check_place(tmp_path),
                    lambda: report.write(tmp_path, "title", measured)):
        with pytest.raises(RequestError, match="report: exists already, a folder with other"):
            refused()
    assert (tmp_path / "report" / "index.html").read_text() == "years of work"


@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's package chromium")
@pytest.mark.parametrize("metric, names", [
    ("l1", ["<second> & co", "third", "first"]), ("psnr_db", ["third", "first", "<second> & co"]),
    ("no_such_metric", ["first", "<second> & co", "third"])])
def test_a_browser_sorts_it_from_disk(page, metric, names, tmp_path):
    seen = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
         f"--user-data-dir={tmp_path / 'profile'}", f"{page.as_uri()}#{metric}"],
        check=True, capture_output=True, text=True, timeout=120).stdout
    assert Page(seen).names == names
