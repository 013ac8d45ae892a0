"""English is complete, and says what the code says."""

import re

from triplehelix.config import translations
from triplehelix.config.paths import PACKAGE

CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: Chinese words and signs, and full-width ones.
SIGNS = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff00-\uffef]")
TAGS = re.compile(
    r"{#.*?#}|{% comment %}.*?{% endcomment %}|{% blocktranslate.*?endblocktranslate %}|{%.*?%}|{{.*?}}", re.DOTALL
)
#: Documents of the law, which are Chinese; samples; what a list of organisations fills in, which is read again.
CHINESE_ANYHOW = {"letter.html", "styleguide.html", "visit_form.html"}
PLACE = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def test_every_text_has_its_english():
    assert translations.untranslated(translations.merged()) == []


def test_the_stored_catalogue_is_the_codes():
    merged = {(m.id, m.context) for m in translations.merged()}
    with translations.ENGLISH.open("rb") as file:
        stored = {(m.id, m.context) for m in translations.read_po(file, locale="en")}
    assert stored == merged, "run ./run messages"


def test_english_is_english_and_keeps_the_places():
    for message in translations.merged():
        if not message.id:
            continue
        for source, english in zip(_forms(message.id), _forms(message.string), strict=False):
            assert sorted(PLACE.findall(source)) == sorted(PLACE.findall(english)), source
            assert not CHINESE.search(re.sub(r"[（(“\"].*?[）)”\"]", "", english)) or "三螺旋" in english, english


def _forms(text):
    return text if isinstance(text, tuple | list) else (text,)


def test_texts_are_marked_by_names_the_collector_knows():
    """gettext imported as anything but `_` is not collected: its texts would stay Chinese for whoever reads English."""
    renamed = re.compile(r"import n?p?gettext(_lazy)? as (?!_\n)")
    assert [path for path in PACKAGE.rglob("*.py") if renamed.search(path.read_text(encoding="utf-8"))] == []


def test_texts_of_templates_are_collected_however_they_are_marked(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        """{% translate "甲" %}{% tag _("乙") n=1 %}{{ n|default:_("戊") }}{% translate "己" context "list" %}
        {% blocktranslate count n=n %}丙{% plural %}丁{% endblocktranslate %}"""
    )
    assert set(translations.in_template(page)) == {
        ("甲", None), ("乙", None), (("丙", "丁"), None), ("戊", None), ("己", "list"),
    }  # fmt: skip


def test_what_the_document_of_the_api_says_is_collected_without_a_mark(tmp_path):
    module = tmp_path / "calls.py"
    module.write_text(
        '''
class Out(Schema):
    """甲. What it is."""
    name: str = Field(description="乙", title="no")
    code: str = Field(description="plain English")

@router.get("/x", summary="丙")
def x(request):
    """丁."""

def helper():
    """戊 is for who reads the code."""
''',
        encoding="utf-8",
    )
    assert {text for text, _context in translations.in_document(module)} == {"甲. What it is.", "乙", "丙", "丁."}


def test_signs_between_words_are_translated_too():
    """'Negotiation room：…（…）' stood before who reads English: a sign of a template is a text like any other."""
    pages = [p for p in PACKAGE.rglob("*.html") if "templates" in p.parts and p.name not in CHINESE_ANYHOW]
    assert len(pages) > 100
    left = [(page.name, sign) for page in pages for sign in SIGNS.findall(TAGS.sub("", page.read_text("utf-8")))]
    assert left == []
