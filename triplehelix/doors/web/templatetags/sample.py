"""For the style guide: shows a component and the very code that made it, so that the two cannot differ."""

from typing import cast

from django import template
from django.template.base import NodeList, Parser, Token, TokenType
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()
WRITTEN = {
    TokenType.BLOCK: "{%% %s %%}",
    TokenType.VAR: "{{ %s }}",
    TokenType.TEXT: "%s",
    TokenType.COMMENT: "{# %s #}",
}


class SampleNode(template.Node):
    def __init__(self, title: str, source: str, nodelist: NodeList) -> None:
        self.title, self.source, self.nodelist = title, source, nodelist

    def render(self, context: template.Context) -> SafeString:
        return format_html(
            '<section class="sample"><h3>{}</h3><div class="shown">{}</div>'
            "<details><summary>{}</summary><pre><code>{}</code></pre></details></section>",
            self.title,
            mark_safe(self.nodelist.render(context)),  # noqa: S308 a template's own output, escaped where it was made
            _("代码"),
            self.source,
        )


@register.tag
def sample(parser: Parser, token: Token) -> SampleNode:
    """`{% sample "title" %}…{% endsample %}`"""
    title = token.split_contents()[1].strip('"')
    source = []
    for coming in reversed(cast("list[Token]", parser.tokens)):  # the parser pops from the end
        if coming.token_type == TokenType.BLOCK and coming.contents == "endsample":
            break
        source.append(WRITTEN[coming.token_type] % coming.contents)
    nodelist = parser.parse(("endsample",))
    parser.delete_first_token()
    return SampleNode(title, "".join(source).strip(), nodelist)
