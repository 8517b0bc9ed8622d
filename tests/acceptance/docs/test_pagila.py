"""A sample database of fifteen tables, from its documents to a first load that is compared value by value.

tests/data/pagila is what a model author writes; docs/how-to/model-a-database.md says how.
"""

import pytest

from tests.documentation import CHECKOUT, blocks
from tests.fix_company import CODE, MakeSite, Row, Site

DATA = CHECKOUT / "tests/data/pagila"
PAGE = CHECKOUT / "docs/how-to/model-a-database.md"
# What an object shows beside its in_id, as the source has it: (columns of the source, columns of the out_ view).
VALUES = {
    "country": ("country", "name"),
    "city": ("city", "name"),
    "address": ("address, district, postal_code, phone", "address, district, postalcode, phone"),
    "language": ("trim(name), trim(name)", "code, label"),
    "category": ("name", "name"),
    "actor": ("first_name, last_name", "firstname, lastname"),
    "film": (
        "title, description, release_year, "
        "(select trim(name) from pagila.language l where l.language_id = s.language_id), "
        "(select trim(name) from pagila.language l where l.language_id = s.original_language_id), "
        "rental_duration, rental_rate, length, replacement_cost, rating::text, nullif(special_features, '{}')",
        "title, description, extract(year from releaseyear at time zone 'UTC'), language, "
        "originallanguage, rentalduration, rentalrate, length, replacementcost, rating, "
        "(select array_agg(one ->> 'label') from jsonb_array_elements(specialfeatures::jsonb) one)",
    ),
    "store": ("store_id", "number"),
    "staff": (
        "first_name, last_name, email, active, picture",
        "firstname, lastname, email, active, (select content from store_demo.file_storage where _id = o.picture)",
    ),
    "customer": (
        "first_name, last_name, email, activebool, create_date",
        "firstname, lastname, email, active, (created at time zone 'UTC')::date",
    ),
    "inventory": ("inventory_id", "number"),
    "rental": ("rental_date, return_date", "rented, returned"),
    "payment": ("amount, payment_date", "amount, paid"),
}
# Link of the out schema -> its owner, target, and the pairs in the source.
LINKS = {
    "_city_country_": ("city", "country", "select city_id, country_id from pagila.city"),
    "_address_city_": ("address", "city", "select address_id, city_id from pagila.address"),
    "_film_actors_": ("film", "actor", "select film_id, actor_id from pagila.film_actor"),
    "_film_categories_": ("film", "category", "select film_id, category_id from pagila.film_category"),
    "_store_manager_": ("store", "staff", "select store_id, manager_staff_id from pagila.store"),
    "_store_address_": ("store", "address", "select store_id, address_id from pagila.store"),
    "_staff_store_": ("staff", "store", "select staff_id, store_id from pagila.staff"),
    "_customer_store_": ("customer", "store", "select customer_id, store_id from pagila.customer"),
    "_inventory_film_": ("inventory", "film", "select inventory_id, film_id from pagila.inventory"),
    "_inventory_store_": ("inventory", "store", "select inventory_id, store_id from pagila.inventory"),
    "_rental_inventory_": ("rental", "inventory", "select rental_id, inventory_id from pagila.rental"),
    "_rental_customer_": ("rental", "customer", "select rental_id, customer_id from pagila.rental"),
    "_rental_staff_": ("rental", "staff", "select rental_id, staff_id from pagila.rental"),
    "_payment_customer_": ("payment", "customer", "select payment_id, customer_id from pagila.payment"),
    "_payment_staff_": ("payment", "staff", "select payment_id, staff_id from pagila.payment"),
    "_payment_rental_": ("payment", "rental", "select payment_id, rental_id from pagila.payment"),
}
RESIDENTS = {
    "Customer": "select address_id, customer_id from pagila.customer",
    "Staff": "select address_id, staff_id from pagila.staff",
}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site({path.stem: path.read_text(encoding="utf-8") for path in DATA.glob("*.yaml")})
    for name in ("schema.sql", "hand_over.sql"):
        site.look((DATA / name).read_text(encoding="utf-8"))
    return site


def value_differences(site: Site) -> dict[str, list[Row]]:
    """Object -> rows that only the source or only the out_ view has, where there are some."""
    found = {
        table: different(
            site,
            f"select {table}_id::text, {source} from pagila.{table} s",
            f"select i.in_id, {shown} from out_{CODE}.{table} o "
            f"join (select in_id, out_id from in_tables.in_{table}) i on i.out_id = o.system_id",
        )
        for table, (source, shown) in VALUES.items()
    }
    return {table: rows for table, rows in found.items() if rows}


def link_differences(site: Site) -> dict[str, list[Row]]:
    found = {
        table: different(site, _texts(pairs), _links(table, owner, target))
        for table, (owner, target, pairs) in LINKS.items()
    }
    for member, pairs in RESIDENTS.items():
        shown = f"{_links('_address_residents_', 'address', member)} where link.residents_bo = '{member}'"
        found[member] = different(site, _texts(pairs), shown)
    return {table: rows for table, rows in found.items() if rows}


def _texts(pairs: str) -> str:
    return f"select a::text, b::text from ({pairs}) as pairs (a, b)"


def _links(table: str, owner: str, target: str) -> str:
    ends = table.strip("_").split("_")
    return (
        f"select a.in_id, b.in_id from out_{CODE}.{table} link "
        f"join in_tables.in_{owner} a on a.out_id = link.{ends[0]}_id "
        f"join in_tables.in_{target} b on b.out_id = link.{ends[1]}_id"
    )


def different(site: Site, expected: str, found: str) -> list[Row]:
    return site.look(
        f"with expected as ({expected}), found as ({found}) "
        "select 'missing' as what, to_jsonb(a) as values from (table expected except all table found) a union all "
        "select 'unexpected', to_jsonb(b) from (table found except all table expected) b"
    )


def test_the_page_shows_parts_of_it() -> None:
    document, fill, *compares = blocks(PAGE)
    assert document.text in (DATA / "Film.yaml").read_text(encoding="utf-8")
    assert fill.text in (DATA / "hand_over.sql").read_text(encoding="utf-8")
    assert len(compares) == 2


@pytest.mark.nightly
def test_the_first_load_has_every_value(site: Site) -> None:
    assert site.etl("metadata", "check").code == 0
    done = site.etl("run")
    assert (done.code, done.err) == (0, ""), done.out
    assert value_differences(site) == {}
    assert link_differences(site) == {}
    assert site.etl("waiting", "--explain").out == "Nothing waits.\n"
    for block in blocks(PAGE):
        if "except all" in block.text:
            assert site.look(block.text) == []


@pytest.mark.nightly
def test_a_value_and_a_link_that_differ_are_found(site: Site) -> None:
    site.etl("run")
    site.look("update pagila.film set rating = 'G' where film_id = 2; delete from pagila.film_actor where film_id = 3")
    assert list(value_differences(site)) == ["film"]
    assert list(link_differences(site)) == ["_film_actors_"]
