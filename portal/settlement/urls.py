from django.urls import include, path

from portal.settlement import byhand, runs

settlement = [
    path("settlements/", runs.RunList.as_view(), name="runs"),
    path("settlements/open/", runs.OpenRun.as_view(), name="open"),
    path("settlements/<int:pk>/", runs.RunPage.as_view(), name="run"),
    path("settlements/<int:pk>/advance/", runs.advance, name="run_advance"),
    path("settlements/<int:pk>/approve/", runs.approve, name="run_approve"),
    path("settlements/<int:pk>/discard/", runs.DiscardDrafts.as_view(), name="run_discard"),
    path("adjustments/", byhand.AdjustmentList.as_view(), name="adjustments"),
    path("adjustments/new/", byhand.NewAdjustment.as_view(), name="new_adjustment"),
    path("adjustments/write-off/", byhand.WriteOff.as_view(), name="write_off"),
    path("adjustments/<int:pk>/", byhand.adjustment, name="adjustment"),
    path("holds/", byhand.HoldList.as_view(), name="holds"),
    path("holds/new/", byhand.NewHold.as_view(), name="new_hold"),
    path("holds/<int:pk>/", byhand.hold, name="hold"),
]
urlpatterns = [path("", include((settlement, "settlement")))]
