from django.urls import include, path

from portal.catalog import forms, pickers, territories, views

catalog = [
    path("products/", views.ProductList.as_view(), name="products"),
    path("products/new/", forms.ProductCreate.as_view(), name="new_product"),
    path("products/<path:code>/change/", forms.ProductChange.as_view(), name="change_product"),
    path("products/<path:code>/", views.product, name="product"),
    path("families/", views.FamilyList.as_view(), name="families"),
    path("families/new/", forms.FamilyCreate.as_view(), name="new_family"),
    path("families/<path:code>/change/", forms.FamilyChange.as_view(), name="change_family"),
    path("segments/", views.SegmentList.as_view(), name="segments"),
    path("segments/new/", forms.SegmentCreate.as_view(), name="new_segment"),
    path("segments/<path:code>/change/", forms.SegmentChange.as_view(), name="change_segment"),
    path("territories/", territories.tree, name="territories"),
    path("territories/branch/", territories.branch, name="territory_branch"),
    path("territories/new/", forms.TerritoryCreate.as_view(), name="new_territory"),
    path("territories/<path:code>/change/", forms.TerritoryChange.as_view(), name="change_territory"),
    path("customers/", views.CustomerList.as_view(), name="customers"),
    path("customers/new/", forms.CustomerCreate.as_view(), name="new_customer"),
    path("customers/<path:code>/change/", forms.CustomerChange.as_view(), name="change_customer"),
    path("customers/<path:code>/merge/", forms.CustomerMerge.as_view(), name="merge_customer"),
    path("customers/<path:code>/", views.customer, name="customer"),
    path("pick/<str:kind>/", pickers.pick, name="pick"),
]
urlpatterns = [path("", include((catalog, "catalog")))]
