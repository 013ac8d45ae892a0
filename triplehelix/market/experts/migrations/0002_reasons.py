"""Reasons of proposals and merges were kept as sentences: they become codes with what goes into the sentence.

They were written in the language of whoever ran it, so both are read. What is none of them is kept as it was written.
"""

import re

from django.db import migrations

BATCH = 500
PLAIN = {
    "han": ("姓名相同", "Same name"),
    "letters": ("姓名拼写相同", "Same name in letters"),
    "initials": ("姓名缩写相符", "Initials agree"),
    "orcid": ("ORCID 相同", "Same ORCID"),
    "elsewhere": ("单位不同", "Different organisations"),
    "source": ("来源库认为是同一人", "The source thinks they are one person"),
    "years": ("年份相差很远", "The years are far apart"),
    "by_hand": ("人工指定", "Set by hand"),
    "by_person": ("本人确认", "Confirmed by the person"),
}
CODES = {sentence: code for code, both in PLAIN.items() for sentence in both}
NAMED = (
    ("organisation", "name", re.compile(r"(?:同在|Both at )(.*)", re.DOTALL)),
    ("coauthor", "names", re.compile(r"(?:共同的合作者：|Co-authors in common: )(.*)", re.DOTALL)),
    ("subject", "words", re.compile(r"(?:研究方向相近：|Similar fields: )(.*)", re.DOTALL)),
)
SENTENCES = {"organisation": "同在%s", "coauthor": "共同的合作者：%s", "subject": "研究方向相近：%s", "written": "%s"}


def coded(sentence):
    """One sentence as a code; what is coded already stays."""
    if isinstance(sentence, dict):
        return sentence
    if sentence in CODES:
        return {"code": CODES[sentence]}
    for code, name, pattern in NAMED:
        if found := pattern.fullmatch(sentence):
            # The lists were always joined by 、, whatever the language of the sentence around them.
            return {"code": code, name: found[1] if name == "name" else found[1].split("、")}
    return {"code": "written", "text": sentence}


def sentence(one):
    if isinstance(one, str):
        return one
    if one["code"] in PLAIN:
        return PLAIN[one["code"]][0]
    (given,) = (value for name, value in one.items() if name != "code")
    return SENTENCES[one["code"]] % (given if isinstance(given, str) else "、".join(given))


def forward(apps, schema_editor):
    turned(apps, coded)


def back(apps, schema_editor):
    turned(apps, sentence)


def turned(apps, turn):
    for name in ("Merge", "Proposal"):
        table = apps.get_model("experts", name)
        rows = []
        for row in table.objects.exclude(reasons=[]).only("reasons").iterator(chunk_size=BATCH):
            row.reasons = [turn(one) for one in row.reasons]
            rows.append(row)
            if len(rows) == BATCH:
                table.objects.bulk_update(rows, ["reasons"])
                rows = []
        table.objects.bulk_update(rows, ["reasons"])


class Migration(migrations.Migration):
    dependencies = [("experts", "0001_tables")]
    operations = [migrations.RunPython(forward, back, elidable=True)]
