"""Which of one's own files belong together by their names, and which stand in each other's way."""

from zoo.data.folder import places
from zoo.data.folder.kept import Item
from zoo.data.folder.walk import stem


def by_role(folder, paths, roles):
    """Sorts files by what they are in a pair.

    Args:
        folder, paths, roles: see `places.find`.

    Returns:
        `{role: {name: Item}}`, names beginning with the split where there is one, and a list of
        (path, reason) for files beside given splits, without a role, or of a name that is taken.
    """
    found, bad = places.find(folder, paths, roles)
    files = {role: {} for role in roles}
    for path, place in found.items():
        name = "/".join(filter(None, (place.split, stem(place.rest))))
        if not place.role:
            bad.append((path, f"lies neither in {' nor in '.join(f'{role}/' for role in roles)}"))
        elif name in files[place.role]:
            bad.append((path, f"has the same name as {files[place.role][name].paths[0]}"))
        else:
            files[place.role][name] = Item((path,), place.split, {"role": place.role})
    return files, bad


def pairs(files, first, second):
    """Joins files of two roles that have one name.

    Args:
        files: `{role: {name: Item}}`, each Item of one file.
        first, second: the two roles.

    Returns:
        `{name: Item}` with the path of the first and of the second, and a list of (path, reason)
        for files without a partner.
    """
    items = {name: Item(item.paths + files[second][name].paths, item.split)
             for name, item in files[first].items() if name in files[second]}
    return items, [(item.paths[0], f"has no file of the same name in {other}/")
                   for role, other in ((first, second), (second, first))
                   for name, item in files[role].items() if name not in items]


def singles(folder, paths):
    """Finds the places of files that are an example each.

    Args:
        folder, paths: see `places.find`.

    Returns:
        `{path: Place}`, and a list of (path, reason) for files beside given splits, and for those
        that differ from one before them in the suffix alone.
    """
    found, bad = places.find(folder, paths)
    first = {}
    for path in list(found):
        if (other := first.setdefault(stem(path), path)) != path:
            bad.append((path, f"has the same name as {other}; keep one"))
            del found[path]
    return found, bad
