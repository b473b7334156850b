from django.urls import include, path

from portal.applications import pages, public, queue, setup

applications = [
    path("apply/", public.apply, name="apply"),
    path("apply/sent/", public.sent, name="sent"),
    path("apply/<str:secret>/", public.follow, name="follow"),
    path("apply/<str:secret>/send/", public.send, name="send"),
    path("apply/<str:secret>/file/", public.add_file, name="add_file"),
    path("apply/<str:secret>/withdraw/", public.take_back, name="take_back"),
    path("applications/", queue.Queue.as_view(), name="queue"),
    path("applications/all/", queue.All.as_view(), name="all"),
    path("applications/offers/", setup.Offers.as_view(), name="offers"),
    path("applications/criteria/", setup.criteria, name="criteria"),
    path("applications/criteria/new/", setup.NewCriterion.as_view(), name="new_criterion"),
    path("applications/criteria/<str:criterion>/", setup.EditCriterion.as_view(), name="criterion"),
    path("applications/blocked/", setup.BlockList.as_view(), name="blocked"),
    path("applications/blocked/new/", setup.NewBlock.as_view(), name="new_block"),
    path("applications/blocked/<int:entry_id>/remove/", setup.unblock, name="unblock"),
    path("applications/<str:application>/", pages.application, name="application"),
    path("applications/<str:application>/do/<slug:verb>/", pages.act, name="act"),
]
urlpatterns = [path("", include((applications, "applications")))]
