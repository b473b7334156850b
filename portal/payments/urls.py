from django.urls import include, path

from portal.payments import accounts, batches, views

payments = [
    path("payments/", views.PaymentList.as_view(), name="list"),
    path("payments/due/", views.due, name="due"),
    path("payments/prepare/", batches.prepare, name="prepare"),
    path("payments/responses/", batches.AnyResponse.as_view(), name="response"),
    path("payments/batches/", batches.BatchList.as_view(), name="batches"),
    path("payments/batches/<int:pk>/", batches.batch, name="batch"),
    path("payments/batches/<int:pk>/approve/", batches.approve, name="batch_approve"),
    path("payments/batches/<int:pk>/cancel/", batches.cancel, name="batch_cancel"),
    path("payments/batches/<int:pk>/file/", batches.file, name="batch_file"),
    path("payments/batches/<int:pk>/response/", batches.BatchResponse.as_view(), name="batch_response"),
]
bank = [
    path("bank-account/", accounts.own, name="own"),
    path("bank-account/new/", accounts.NewOwnAccount.as_view(), name="new_own"),
    path("bank-account/<int:pk>/withdraw/", accounts.withdraw, name="withdraw"),
    path("bank-accounts/", accounts.AccountList.as_view(), name="list"),
    path("bank-accounts/new/", accounts.NewAccount.as_view(), name="new"),
    path("bank-accounts/<int:pk>/", accounts.account, name="account"),
    path("bank-accounts/<int:pk>/confirm/", accounts.confirm, name="confirm"),
    path("bank-accounts/<int:pk>/refuse/", accounts.refuse, name="refuse"),
]
urlpatterns = [path("", include((payments, "payments"))), path("", include((bank, "bank")))]
