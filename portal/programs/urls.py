from django.urls import include, path

from portal.programs import builder, exceptions, experts, promised, standing

programs = [
    path("tiers/", standing.WatchList.as_view(), name="watch"),
    path("tiers/of/<str:code>/", standing.of_partner, name="of_partner"),
    path("tiers/mine/", standing.mine, name="mine"),
    path("tiers/programmes/", builder.programme_list, name="programmes"),
    path("tiers/programmes/new/", builder.NewProgramme.as_view(), name="new"),
    path("tiers/programmes/from/<slug:kind>/", builder.from_template, name="from_template"),
    path("tiers/exceptions/", exceptions.exception_list, name="exceptions"),
    path("tiers/exceptions/<int:exception_id>/<slug:verb>/", exceptions.act, name="exception_act"),
    path("tiers/promised/", promised.promised, name="promised"),
    path("tiers/experts/", experts.own_days, name="own_experts"),
    path("tiers/experts/<str:code>/", experts.days, name="experts"),
    path("tiers/experts/<str:code>/book/", experts.Book.as_view(), name="book_expert"),
    path("tiers/experts/<str:code>/<int:booking_id>/<slug:verb>/", experts.act, name="expert_act"),
    path("tiers/levels/<int:tier_id>/change/", builder.ChangeTier.as_view(), name="change_tier"),
    path("tiers/levels/<int:tier_id>/ask/", builder.NewRequirement.as_view(), name="new_requirement"),
    path("tiers/levels/<int:tier_id>/give/", builder.NewBenefit.as_view(), name="new_benefit"),
    path("tiers/levels/<int:tier_id>/<slug:verb>/", builder.act_tier, name="act_tier"),
    path(
        "tiers/requirements/<int:requirement_id>/change/",
        builder.ChangeRequirement.as_view(),
        name="change_requirement",
    ),
    path(
        "tiers/requirements/<int:requirement_id>/<slug:verb>/",
        builder.act_requirement,
        name="act_requirement",
    ),
    path(
        "tiers/enrolments/<int:enrolment_id>/except/", exceptions.AskException.as_view(), name="ask_exception"
    ),
    path("tiers/enrolments/<int:enrolment_id>/leave/", standing.leave, name="leave"),
    path("tiers/enrolments/<int:enrolment_id>/<slug:verb>/", standing.decide, name="decide"),
    path("tiers/<str:code>/", builder.programme, name="programme"),
    path("tiers/<str:code>/change/", builder.ChangeProgramme.as_view(), name="change"),
    path("tiers/<str:code>/new-tier/", builder.NewTier.as_view(), name="new_tier"),
    path("tiers/<str:code>/enrol/", builder.Enrol.as_view(), name="enrol"),
    path("tiers/<str:code>/evaluate/", builder.evaluate, name="evaluate"),
    path("tiers/<str:code>/benefits/<int:benefit_id>/remove/", builder.drop_benefit, name="drop_benefit"),
    path("tiers/<str:code>/partners/", standing.Members.as_view(), name="members"),
    path("tiers/<str:code>/partners/<str:partner>/", standing.progress, name="progress"),
]
urlpatterns = [path("", include((programs, "programs")))]
