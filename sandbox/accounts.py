"""Blawby's answers to valid calls: pure rules on one account, in Laravel's format."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from sandbox.records import Account, Records, Row

Answer = tuple[int, Row]
_ADDRESS_FIELDS = ("address", "address_line_1", "city", "state", "zip", "country")


def search(account: Account, team: str, wanted: str) -> Answer:
    """A search, not a look-up: every name or address that contains the text."""
    wanted = wanted.lower()
    found = [row for row in account.customers if wanted in f"{row['email']} {row['name']}".lower()]
    return 200, {"ulid": team, "customers": {"data": found}}


def create_customer(account: Account, records: Records, body: Row) -> Answer:
    errors = _missing(body, "name", "email", "currency", "status", "team_id")
    if "email" not in errors:
        errors |= _email_errors(account, body["email"])
    if body.get("phone") is not None and not _is_phone(body["phone"]):
        errors["phone"] = ["The phone field must be a valid number."]
    for name in _ADDRESS_FIELDS:
        if name in body:
            errors[name] = [f"The {name} field is prohibited."]
    if errors:
        return unprocessable(errors)
    kept = {name: body.get(name) for name in ("name", "email", "phone", "status", "currency")}
    account.customers.append({"id": records.next_id(), **kept})
    return 200, {"message": "Customer created successfully.", "data": account.customers[-1]}


def add_memo(account: Account, records: Records, customer_id: int, body: Row) -> Answer:
    if not _has_customer(account, customer_id):
        return 404, {"message": "No query results for model [Customer]."}
    errors = _missing(body, "content", "event_time")
    if "event_time" not in errors and not _is_date(body["event_time"]):
        errors["event_time"] = ["The event time field must be a valid date."]
    if errors:
        return unprocessable(errors)
    account.memos.append({"id": records.next_id(), "customer_id": customer_id, **body})
    return 200, {"message": "Memo created successfully.", "data": account.memos[-1]}


def create_invoice(account: Account, records: Records, body: Row, links: str) -> Answer:
    """`links`: where the invoice's own page is."""
    errors = _missing(body, "currency", "due_date", "status")
    if not _has_customer(account, body.get("customer_id")):
        errors["customer_id"] = ["The selected customer id is invalid."]
    if "due_date" not in errors and not _is_day(body["due_date"]):
        errors["due_date"] = ["The due date field must match the format Y-m-d."]
    amount = _total(body.get("line_items"))
    if amount is None:
        errors["line_items"] = ["The line items field is invalid."]
    if errors:
        return unprocessable(errors)
    invoice_id = records.next_id()
    account.invoices.append(
        {
            "id": invoice_id,
            "customer_id": body["customer_id"],
            "amount_due": float(amount or 0),
            "currency": body["currency"],
            "status": body["status"],
            "due_date": body["due_date"],
            "line_items": body["line_items"],
            "payment_link": f"{links}/invoice/{invoice_id}/pay",
        }
    )
    return 200, {"message": "Invoice created successfully.", "data": account.invoices[-1]}


def read_invoice(account: Account, invoice_id: int) -> Answer:
    for row in account.invoices:
        if row["id"] == invoice_id:
            return 200, {"data": row}
    return 404, {"message": "No query results for model [Invoice]."}


def unprocessable(errors: dict[str, list[str]]) -> Answer:
    first = next(iter(errors.values()))[0]
    more = f" (and {len(errors) - 1} more error)" if len(errors) > 1 else ""
    return 422, {"message": first + more, "errors": errors}


def _missing(body: Row, *names: str) -> dict[str, list[str]]:
    return {
        name: [f"The {name} field is required."]
        for name in names
        if not isinstance(body.get(name), str) or not body[name]
    }


def _email_errors(account: Account, email: str) -> dict[str, list[str]]:
    try:
        validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return {"email": ["The email field must be a valid email address."]}
    if any(row["email"].lower() == email.lower() for row in account.customers):
        return {"email": ["The email has already been taken."]}
    return {}


def _is_phone(text: Any) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(str(text)))
    except phonenumbers.NumberParseException:
        return False


def _has_customer(account: Account, customer_id: Any) -> bool:
    return any(str(row["id"]) == str(customer_id) for row in account.customers)


def _is_date(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _total(items: Any) -> Decimal | None:
    """The sum of the line totals, or None when a line does not add up."""
    try:
        lines = [[Decimal(str(item[name])) for name in _LINE] for item in items]
    except (TypeError, KeyError, ArithmeticError):
        return None
    if not lines or any(quantity * price != total for quantity, price, total in lines):
        return None
    return sum((total for *_, total in lines), Decimal(0))


_LINE = ("quantity", "unit_price", "line_total")
