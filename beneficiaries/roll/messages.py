"""What is told of a bad or doubtful row: one sentence for each code, which says what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ERRORS = {
    "missing": _("This cell is empty: fill it in."),
    "too_long": _("The text is longer than %(limit)s characters: shorten it."),
    "unreadable": _("“%(value)s” is in an old font that cannot be told: type it again in Unicode."),
    "date": _("“%(value)s” is not a date: write dd/mm/yyyy, mm/yyyy or yyyy, the year with four digits."),
    "birth_implausible": _("Nobody on a roll was born on “%(value)s”: correct the date."),
    "month": _("“%(value)s” is not a month: write mm/yyyy."),
    "month_implausible": _("“%(value)s” is no month for this: correct it."),
    "ends_before_it_begins": _("The last month is before the first: correct one of them."),
    "died_implausible": _("The date of death is before the birth date or to come: correct it."),
    "number": _("“%(value)s” is not a whole number."),
    "percent": _("“%(value)s” is not a rate from 2 to 100 percent: write it like 45."),
    "sex": _("“%(value)s” is neither Nam nor Nữ."),
    "id_digits_lost": _("The spreadsheet has lost digits of this number: format the column as text and type it again."),
    "id_letters": _("The citizen number holds something else than digits: correct it."),
    "id_length": _("A citizen number has 12 digits (an old one 9): correct it, leading zeros included."),
    "id_province": _("No citizen number begins with these three digits: correct it."),
    "commune": _("There is no commune “%(value)s” in that district: check the name."),
    "commune_then": _("There is no commune “%(value)s” on %(day)s: write the commune as it was then, with its type."),
    "commune_ambiguous": _("Several communes are called “%(value)s”: write the district too."),
    "outside_area": _("This commune is not yours: its own officers enter its people."),
    "category": _("There is no category “%(value)s”: take the code from the list of categories."),
    "category_name": _("No category is called “%(value)s”: write its code."),
    "category_ambiguous": _("Several categories are called “%(value)s”: write the code."),
    "category_differs": _("Code and name of the category differ: correct one of them."),
    "injury_missing": _("This category is paid by the injury rate: fill it in."),
    "injury_differs": _("The code says another injury rate than its column: correct one of them."),
    "seniority_missing": _("This category is paid by years of seniority: fill them in."),
    "heads_missing": _("This category is paid by the head: fill in how many, or the children by name."),
    "cared_for_missing": _("This category is paid by the age of whom they care for: name that person, with the birth "
                           "date, in the column of children."),
    "heads_differ": _("The number of children is not that of the children named: correct one of them."),
    "child": _("“%(value)s” is not a child: write name, birth date; name, birth date."),
    "form": _("“%(value)s” is no way to be paid: write Tài khoản or Bưu điện."),
    "bank": _("No bank is called “%(value)s”: write its name in short or its BIN."),
    "bank_ambiguous": _("Several banks are called “%(value)s”: write the BIN."),
    "bank_not_used": _("Payments through “%(value)s” are no longer made: choose another bank."),
    "account": _("“%(value)s” is not an account number."),
    "account_digits_lost": _("The spreadsheet has lost digits of this account number: format the column as text and "
                             "type it again."),
    "account_missing": _("Paid to an account, but the account number is missing."),
    "bank_missing": _("Paid to an account, but the bank is missing."),
    "payee_missing": _("There is a citizen number of a payee, but no name."),
    "obstacle": _("“%(value)s” is none of the reasons for having no account: take one from the template."),
    "end_reason": _("“%(value)s” is none of the reasons for an end: take one from the template."),
    "household": _("“%(value)s” is neither hộ nghèo nor hộ cận nghèo: write one of them, or “không”."),
    "person_differs": _("Row %(other)s has the same citizen number and says otherwise: %(columns)s. One number is one "
                        "person: correct the number or describe the person alike."),
}  # fmt: skip

WARNINGS = {
    "legacy_font": _("Text in the old font %(font)s was turned into Unicode, from this row on: check a few names."),
    "odd_letters": _("“%(value)s” holds letters that Vietnamese does not have: check it."),
    "restored": _("The spreadsheet had dropped the zero at the front of the citizen number; it was put back, and fits "
                  "province, sex and year of birth."),
    "id_birth_year": _("The citizen number says another year of birth than the birth date: check both."),
    "id_sex": _("The citizen number says another sex than its column: check both."),
    "account_number_cell": _("The account number is a number cell, which drops zeros at the front: check it and format "
                             "the column as text."),
    "account_unused": _("Paid by the Post although an account is written: it was left out."),
    "holder_differs": _("The account is neither the person's nor the payee's by name: check it."),
    "percent_of_share": _("The injury rate %(value)s was taken as %(percent)s percent."),
    "injury_of_band": _("Only the band of the injury rate is known; %(percent)s percent was taken, its lowest."),
    "no_age": _("In %(month)s this person is not of the age for this category: nothing would be paid."),
    "no_rate": _("The law's tables hold no rate for this category in %(month)s: it cannot be checked."),
    "amount_unclear": _("“%(value)s” is not an amount: it was not checked."),
    "amount_differs": _("The roll says %(stated)s ₫, the law grants %(granted)s ₫ for %(month)s: check the row. "
                        "The law is what will be paid."),
    "settled_unknown": _("Nothing says until which month this was paid before: %(month)s was taken as the first month "
                         "to pay, from this row on."),
    "phone": _("“%(value)s” is not a telephone number: it was left out."),
    "skipped": _("Left out as no person: “%(value)s”."),
    "no_header": _("This sheet has no row of column names and was left out."),
    "second_column": _("This column comes twice: only the first was read."),
}  # fmt: skip
