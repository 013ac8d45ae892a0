"""The letter of a publication: name, price and days as they were made public, to print and to post."""

from django.utils import timezone

from triplehelix.market.contracts.models import Publication
from triplehelix.market.lists.rules import city_name
from triplehelix.procedure.letters.letter import Block, Letter
from triplehelix.procedure.letters.words import amount, day, sentence

TITLES = {
    "agreed": "科技成果协议定价公示", "listing": "科技成果挂牌公告", "auction": "科技成果拍卖公告",
    "tender": "科技成果招标公告",
}  # fmt: skip
PRICES = {"agreed": "拟交易价格", "listing": "挂牌价", "auction": "起拍价", "tender": "招标底价"}
LEGAL = (
    "根据《中华人民共和国促进科技成果转化法》和《实施〈中华人民共和国促进科技成果转化法〉若干规定》"
    "（国发〔2016〕16号），现将下列科技成果的名称和拟交易价格予以公示。"
)


def of_publication(public: Publication) -> Letter:
    """公示、挂牌、公告 as a letter."""
    sale = public.sale
    rows = [
        ("科技成果名称", public.name), ("转让方", sale.seller.name),
        *([("拟受让方", public.buyer_name)] if public.buyer_name else []),
        (PRICES[public.method], amount(public.price_fen)), ("定价依据", public.basis),
        *([("决策文件", public.document)] if public.document else []),
    ]  # fmt: skip
    kind = "个工作日" if public.day_kind == "working" else "日"
    days = f"{day(public.first)}至{day(public.last)}（{public.days}{kind}，发布当日不计）"
    blocks = [
        Block("text", LEGAL if public.method == "agreed" else "现将下列科技成果的交易信息予以公告。"),
        Block("table", rows=tuple(rows), head=("项目", "内容")),
        Block("text", f"公示期：{days}。" if public.method == "agreed" else f"期限：{days}。"),
        *(
            Block("text", f"因{one['why'] or '处理异议'}，期限由{one['was']}延长到{one['last']}。")
            for one in public.extensions
        ),
        Block("text", _what_to_do(public)),
    ]
    return Letter(
        kind="notice", title=TITLES[public.method], number="", addressee="", blocks=tuple(blocks),
        issuer=f"{city_name()}科技大市场", day=timezone.localdate(public.published_at),
    )  # fmt: skip


def _what_to_do(public: Publication) -> str:
    if public.method == "agreed":
        return sentence(
            f"对上述内容有异议的，请在公示期内以真实姓名或单位全称书面提出。异议受理：{public.objections_to}"
        )
    if public.method == "listing":
        return (
            "有意受让的单位请在期限内登记。期满只有一家登记的，以不低于挂牌价协议成交；有多家的，由有资质的交易机构组织竞价；"
            "无人登记的，按新的决策延长或重新定价。"
        )
    return "本平台只发布信息、见证结果，拍卖和招标由有资质的交易机构组织。"
