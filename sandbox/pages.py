"""The page behind a payment link: the invoice, on a page of the sandbox."""

from urllib.parse import urlsplit

from flask import Blueprint, Request, abort, current_app, render_template_string

from sandbox.records import Records

blueprint = Blueprint("pages", __name__)

_BLAWBY = "https://app.blawby.com"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Invoice {{ invoice.id }}</title>
<style>body { font: 1rem/1.5 sans-serif; max-width: 32rem; margin: 3rem auto }</style>
<h1>Invoice {{ invoice.id }}</h1>
<p>{{ customer.name }}<br>{{ customer.email }}</p>
<table>
{% for line in invoice.line_items %}
<tr><td>{{ line.description }}</td><td>{{ "%.2f"|format(line.line_total) }}</td></tr>
{% endfor %}
<tr><th>Due {{ invoice.due_date }}</th><th>{{ "%.2f"|format(invoice.amount_due) }}
{{ invoice.currency }}</th></tr>
</table>
<p>This is the Blawby sandbox: nothing can be paid here.</p>
</html>
"""


def links(request: Request) -> str:
    """The base of payment links: this sandbox if it is on loopback, because the app accepts no
    other link without TLS, else Blawby's."""
    host = urlsplit(request.host_url).hostname
    return request.host_url.rstrip("/") if host in _LOOPBACK else _BLAWBY


@blueprint.get("/invoice/<int:invoice_id>/pay")
def invoice(invoice_id: int) -> str:
    records: Records = current_app.extensions["blawby"].records
    found = records.invoice(invoice_id)
    if found is None:
        abort(404)
    shown, customer = found
    return render_template_string(_PAGE, invoice=shown, customer=customer)
