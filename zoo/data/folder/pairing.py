"""Which of one's own files belong together by their names, and which stand in each other's way."""

from zoo.data.folder import kept
from zoo.data.folder.walk import stem


def by_role(found, roles, beside):
    """Sorts files by what they are in a pair.

    Args:
        found: `{path: places.Place}`.
        roles: names of the roles.
        beside: why a file without a role cannot be used.

    Returns:
        `{role: {name: (path, split)}}`, names beginning with the split where there is one, and a
        list of (path, reason) for files without a role or of a name that is taken.
    """
    files, bad = {role: {} for role in roles}, []
    for path, place in found.items():
        name = "/".join(filter(None, (place.split, stem(place.rest))))
        if not place.role:
            bad.append((path, beside))
        elif name in files[place.role]:
            bad.append((path, f"has the same name as {files[place.role][name][0]}"))
        else:
            files[place.role][name] = (path, place.split)
    return files, bad


def pairs(first, second, missing):
    """Joins files of two roles that have one name.

    Args:
        first, second: `{name: (path, split)}`, each as from `by_role`.
        missing: why a file cannot be used that has no partner among the first, and the second.

    Returns:
        `{name: kept.Item}` with the path of the first and of the second, and a list of
        (path, reason) for files without a partner.
    """
    items = {name: kept.Item((path, second[name][0]), split)
             for name, (path, split) in first.items() if name in second}
    bad = [(path, reason) for mine, other, reason in zip((second, first), (first, second), missing)
           for name, (path, _) in mine.items() if name not in other]
    return items, bad


def twins(paths):
    """Lists (path, reason) for each file that differs from one before it in the suffix alone."""
    first, bad = {}, []
    for path in paths:
        other = first.setdefault(stem(path), path)
        if other != path:
            bad.append((path, f"has the same name as {other}; keep one"))
    return bad
