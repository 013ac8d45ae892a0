"""Pages and their addresses, by what they are about."""

from django.urls import path

from triplehelix.doors.web.urls import finance, market, people, procedure
from triplehelix.doors.web.views import funnel, search, styleguide, todo

app_name = "web"
urlpatterns = [
    path("", search.home, name="home"),
    path("search/", search.find, name="search"),
    path("todo/", todo.todo, name="todo"),
    path("funnel/", funnel.show, name="funnel"),
    path("funnel/chart.svg", funnel.chart, name="funnel-chart"),
    path("funnel/<slug:stage>/", funnel.rows, name="funnel-rows"),
    path("funnel/<slug:stage>/rows.xlsx", funnel.export, name="funnel-export"),
    path("styleguide", styleguide.styleguide, name="styleguide"),
    *people.PATHS,
    *procedure.PATHS,
    *finance.PATHS,
    *market.PATHS,
]
