from django.urls import include, path

from portal.disputes import deciding, filing, views

disputes = [
    path("disputes/", views.DisputeList.as_view(), name="list"),
    path("disputes/<int:pk>/", views.dispute, name="dispute"),
    path("disputes/<int:pk>/review/", deciding.review, name="review"),
    path("disputes/<int:pk>/close/", deciding.close, name="close"),
    path("disputes/<int:pk>/ask/", deciding.Ask.as_view(), name="ask"),
    path("disputes/<int:pk>/uphold/", deciding.Uphold.as_view(), name="uphold"),
    path("disputes/<int:pk>/deny/", deciding.Deny.as_view(), name="deny"),
    path("disputes/<int:pk>/answer/", filing.Answer.as_view(), name="answer"),
    path("disputes/<int:pk>/escalate/", filing.Escalate.as_view(), name="escalate"),
    path("statements/<str:statement>/lines/<int:position>/dispute/", filing.File.as_view(), name="new"),
]
urlpatterns = [path("", include((disputes, "disputes")))]
