from tests.unit.metadata.documents import company, problems

LOAD = "needLoadFromInTables: true"


def loaded(code: str, *fields: str) -> str:
    lines = "".join(f"- {{{field}, {LOAD}}}\n" for field in fields)
    return f"code: {code}\nfields:\n- {{code: Aa, type: DATE, {LOAD}}}\n{lines}"


def test_a_table_name_over_63_bytes() -> None:
    bo, member, field = "A" * 20, "M" * 20, "F" * 20
    (problem,) = problems(
        **{
            bo: loaded(bo, f"code: {field}, type: CO, co: C"),
            member: loaded(member),
            "C": f"code: C\ncategory: CO\nbos: [{member}]",
        }
    )
    assert (problem.line, problem.key) == (4, f"{bo}.{field}")
    assert problem.message == (
        f"the table in_{bo}_{field}_{member} would be 65 bytes long, and PostgreSQL keeps 63: shorten a code"
    )


def test_an_index_name_over_63_bytes() -> None:
    longest = "A" * 49
    company(**{longest: loaded(longest)})
    longer = longest + "A"
    (problem,) = problems(**{longer: loaded(longer)})
    assert f"the index bo_{longer}__in_id_key would be 64 bytes long" in problem.message


def test_a_link_table_called_like_a_table() -> None:
    found = problems(A=loaded("A", "code: B, type: BO, bo: A"), A_B=loaded("A_B"))
    assert [p.key for p in found] == ["A.B"]
    assert found[0].message == "the table in_A_B would have the name of the table in_A_B of A_B: rename a code"


def test_two_link_tables_of_one_name() -> None:
    found = problems(A_B=loaded("A_B", "code: C, type: BO, bo: A"), A=loaded("A", "code: b_c, type: BO, bo: A"))
    # In the in_ schema and in the golden store.
    assert {p.key for p in found} == {"A_B.C"}
    assert "the table in_A_B_C would have the name of the table in_A_b_c of A.b_c" in found[0].message
    assert "the table link_A_B_C would have" in found[1].message


def test_a_table_called_like_a_fixed_one() -> None:
    (problem,) = problems(filestorage=loaded("filestorage"))
    assert "the table in_filestorage would have the name of the table in_fileStorage" in problem.message


def test_a_table_called_like_an_index_or_a_sequence() -> None:
    found = problems(Client=loaded("Client"), client_pkey=loaded("client_pkey"), Client_Id_Seq=loaded("Client_Id_Seq"))
    assert {p.key for p in found} == {"client_pkey", "Client_Id_Seq"}


def test_out_tables() -> None:
    upload = "code: A\nfields: [{code: F, type: DATE, needUploadToOutTable: true}]"
    (problem,) = problems(A=upload, A_system_id_key=upload.replace("code: A", "code: A_system_id_key"))
    assert "the table A_system_id_key would have the name of the index A_system_id_key of A" in problem.message
