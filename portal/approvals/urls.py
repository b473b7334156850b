from django.urls import include, path

from portal.approvals import views

approvals = [path("schemes/<str:code>/approval/", views.ApprovalPage.as_view(), name="approval")]
urlpatterns = [path("", include((approvals, "approvals")))]
