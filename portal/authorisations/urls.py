from django.urls import include, path

from portal.authorisations import asking, rules, worksheets

authorisations = [
    path("authorisations/", rules.RuleList.as_view(), name="list"),
    path("authorisations/ask/", asking.ask, name="ask"),
    path("authorisations/new/", rules.NewRule.as_view(), name="new"),
    path("authorisations/worksheets/", worksheets.SheetList.as_view(), name="worksheets"),
    path("authorisations/worksheets/new/", worksheets.NewSheet.as_view(), name="new_worksheet"),
    path("authorisations/worksheets/<int:sheet_id>/", worksheets.sheet, name="worksheet"),
    path("authorisations/<int:rule_id>/", rules.rule, name="rule"),
]
urlpatterns = [path("", include((authorisations, "authorisations")))]
