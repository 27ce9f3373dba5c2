"""Finding entries: by any fragment of a name, in lists, by facets, in saved views."""
