"""Clips of sprites that move straight and bounce off the borders."""

import numpy as np
import PIL.Image

_SPEEDS = (1.0, 3.5)  # Pixels a frame, least and most.


def path(random, num_frames, room):
    """Draws the path of a sprite.

    Args:
        random: `np.random.Generator`.
        num_frames: `int`.
        room: pair of `int`, the largest left and top that keep the sprite inside, pixels.

    Returns:
        `int` array `(num_frames, 2)`: left and top, each within [0, room].
    """
    start = random.uniform(0, room)
    angle, speed = random.uniform(0, 2 * np.pi), random.uniform(*_SPEEDS)
    velocity = speed * np.array([np.cos(angle), np.sin(angle)])
    return np.round(bounce(start + velocity * np.arange(num_frames)[:, None], room)).astype(int)


def bounce(places, room):
    """Folds places on an endless line back into [0, room], as mirrors at both ends would."""
    room = np.asarray(room, float)
    return room - np.abs(np.mod(places, 2 * room) - room)


def clip(random, sprites, num_frames, size):
    """Draws a clip of sprites on random paths.

    Args:
        random: `np.random.Generator`.
        sprites, size: see `draw`; the sprites are smaller than `size`.
        num_frames: `int`.

    Returns:
        `uint8` array `(num_frames, size, size, 3)`, on white.
    """
    return draw(sprites, [
        path(random, num_frames, (size - sprite.width, size - sprite.height))
        for sprite in sprites], size)


def draw(sprites, paths, size):
    """Draws a clip of sprites on given paths.

    Args:
        sprites: RGBA `PIL.Image.Image`s; later ones hide earlier ones.
        paths: of each sprite, `int` `(num_frames, 2)`: left and top, pixels.
        size: `int`, height and width, pixels.

    Returns:
        `uint8` array `(num_frames, size, size, 3)`, on white.
    """
    frames = []
    for places in zip(*paths):
        frame = PIL.Image.new("RGB", (size, size), "white")
        for sprite, place in zip(sprites, places, strict=True):
            frame.paste(sprite, tuple(map(int, place)), mask=sprite)
        frames.append(np.asarray(frame))
    return np.stack(frames)
