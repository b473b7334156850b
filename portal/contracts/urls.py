from django.urls import include, path

from portal.contracts import accepting, views, writing

contracts = [
    path("", views.contracts, name="list"),
    path("new/", writing.NewContract.as_view(), name="new"),
    path("<int:pk>/", views.contract, name="contract"),
    path("<int:pk>/change/", writing.ChangeContract.as_view(), name="change"),
    path("<int:pk>/draft/", writing.draft, name="draft"),
    path("versions/<int:pk>/", accepting.version, name="version"),
    path("versions/<int:pk>/accept/", accepting.accept, name="version_accept"),
    path("versions/<int:pk>/write/", writing.WriteVersion.as_view(), name="version_write"),
    path("versions/<int:pk>/publish/", writing.PublishVersion.as_view(), name="version_publish"),
    path("versions/<int:pk>/accepted/", views.Accepted.as_view(), name="version_accepted"),
    path("versions/<int:pk>/missing/", views.Missing.as_view(), name="version_missing"),
    path("versions/<int:pk>/paper/", writing.OnPaper.as_view(), name="version_paper"),
    path("acceptances/<int:pk>/", accepting.proof, name="proof"),
    path("acceptances/<int:pk>/pdf/", accepting.proof_document, name="proof_pdf"),
]
urlpatterns = [path("contracts/", include((contracts, "contracts")))]
