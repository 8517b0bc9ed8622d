"""Chooses in_client in a Singer catalog: by its key, as a whole. Arguments: the catalog found, the catalog chosen."""

import json
import sys

found, chosen = sys.argv[1:]
with open(found) as file:
    streams = json.load(file)["streams"]
[stream] = [one for one in streams if one["table_name"] == "in_client"]
stream["key_properties"] = ["in_id"]
stream["replication_method"] = "FULL_TABLE"
for one in stream["metadata"]:
    if one["breadcrumb"] == []:
        one["metadata"] |= {
            "selected": True,
            "replication-method": "FULL_TABLE",
            "forced-replication-method": "FULL_TABLE",
            "table-key-properties": ["in_id"],
        }
    else:
        one["metadata"] |= {"selected": True}
with open(chosen, "w") as file:
    json.dump({"streams": [stream]}, file)
