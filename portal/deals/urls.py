from django.urls import include, path

from portal.deals import deal, fromlead, lists, needs, registering, rulebook

deals = [
    path("deals/", lists.DealList.as_view(), name="list"),
    path("deals/review/", lists.ReviewQueue.as_view(), name="review"),
    path("deals/conflicts/", lists.ConflictList.as_view(), name="conflicts"),
    path("deals/overrides/", lists.OverrideList.as_view(), name="overrides"),
    path("deals/checks/", lists.CheckList.as_view(), name="checks"),
    path("deals/accounts/mine/", lists.MyAccounts.as_view(), name="my_accounts"),
    path("deals/new/", registering.new, name="new"),
    path("deals/keep/", registering.keep, name="keep"),
    path("deals/check/", needs.check, name="check"),
    path("deals/line/", needs.line, name="line"),
    path("deals/needs/", needs.needs, name="needs"),
    path("deals/customer/", needs.customer, name="customer"),
    path("deals/rules/", rulebook.rules, name="rules"),
    path("deals/rules/new/", rulebook.NewRule.as_view(), name="new_rule"),
    path("deals/rules/<int:rule_id>/end/", rulebook.end_rule, name="end_rule"),
    path("deals/accounts/new/", rulebook.NewAccount.as_view(), name="new_account"),
    path("deals/accounts/<int:account_id>/end/", rulebook.end_account, name="end_account"),
    path("deals/forms/new/", rulebook.NewForm.as_view(), name="new_form"),
    path("deals/forms/<int:form_id>/end/", rulebook.end_form, name="end_form"),
    path("deals/reasons/new/", rulebook.NewReason.as_view(), name="new_reason"),
    path("deals/from-lead/<str:ref>/", fromlead.from_lead, name="from_lead"),
    path("deals/<str:ref>/", deal.deal, name="deal"),
    path("deals/<str:ref>/edit/", registering.edit, name="edit"),
    path("deals/<str:ref>/conflict/", deal.conflict, name="conflict"),
    path("deals/<str:ref>/do/<slug:verb>/", deal.act, name="act"),
]
urlpatterns = [path("", include((deals, "deals")))]
