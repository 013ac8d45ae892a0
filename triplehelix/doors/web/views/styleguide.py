"""The style guide: every component in its states, with sample data of no real person or firm."""

from datetime import timedelta
from types import SimpleNamespace as Thing
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from triplehelix.doors.web.asking import Form
from triplehelix.matching.explain import Clause

TEXT = (
    "高压开关柜用铜排镀锡三个月后表面发黑，接触电阻由 8 微欧升到 21 微欧。试过加厚镀层和钝化，前者成本高，后者含铬，"
    "出口客户不收。希望找到不含铬的表面处理，中性盐雾 240 小时不变色，单根成本不超过 3 元。"
)


class SampleForm(Form):
    title = forms.CharField(label="标题", max_length=60, help_text="一句话说清楚是什么")
    text = forms.CharField(label="正文", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), required=False)
    chain = forms.ChoiceField(
        label="产业链", choices=[("", "请选择"), ("LC01", "有色金属"), ("LC05", "高端轴承")], required=False
    )
    modes = forms.MultipleChoiceField(
        label="合作方式",
        choices=[("1", "技术开发"), ("2", "技术转让"), ("3", "先使用后付费")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    price = forms.DecimalField(label="预算", required=False)
    agree = forms.BooleanField(label="导入后直接发布", required=False)


def _hit(title: str, score: int, **more: Any) -> Thing:
    given = {
        "url": "#main",
        "title": title,
        "text": TEXT,
        "facts": ["澄湖工业大学", "泉溪县", "有色金属"],
        "trl": 8,
        "trl_assessed_by": "某评价机构",
        "money": "30 万元",
        "score": score,
        "terms": ("铜排", "盐雾", "表面处理", "不含铬"),
        "part": "性能",
        "pair": ("中性盐雾 240 小时不变色", "实测中性盐雾 312 小时不变色，表面处理液不含铬"),
        "missing": (),
        "by_meaning": True,
        "twins": [],
        "invite": "",
        "invite_word": "",
    }
    return Thing(**given | more)


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "blank": SampleForm(),
        "wrong": SampleForm({"title": "", "text": "太短", "chain": "LC13", "price": "十二"}, auto_id="wrong_%s"),
        "page": Paginator(range(1, 431), 20).get_page(7),
        "soon": now + timedelta(days=6),
        "later": now + timedelta(days=30),
        "long": "一个非常长的标题："
        + "面向高压开关柜与轨道交通牵引变流器的铜排无铬表面处理及其在高湿环境下的稳定性研究" * 2,
        "hits": [
            _hit("铜排无铬防变色表面处理技术", 91),
            _hit(
                "纳米复合镀层在电连接件上的应用研究",
                64,
                trl=4,
                trl_assessed_by="",
                money="面议",
                terms=(),
                part="",
                pair=("", ""),
                missing=(Clause.of("成熟度 4 级，低于所要的 6 级"), Clause.of("不在所要的地区")),
                twins=[Thing(title="电连接件纳米复合镀层", url="#main", where="同一团队")],
            ),
        ],
        "history": [
            Thing(at=now - timedelta(days=9), who="王经办", what="建立", why=""),
            Thing(at=now - timedelta(days=8), who="泉溪县科技局", what="退回修改", why="请补充要达到的指标。"),
            Thing(at=now - timedelta(days=7), who="王经办", what="发布", why=""),
        ],
        "chains": [("LC01", "有色金属"), ("LC05", "高端轴承"), ("LC06", "汽车及零部件"), ("LC11", "新能源")],
        "chosen": ["LC01"],
        "counts": {"LC01": 41, "LC05": 7, "LC06": 12, "LC11": 3},
    }
    return render(request, "web/styleguide.html", context)
