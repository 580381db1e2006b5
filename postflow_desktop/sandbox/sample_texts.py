"""The words of the sample bakery; each fits every network of the sandbox."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleText:
    """What somebody wrote."""

    text: str
    picture: str | None = None
    alt: str = ""
    personal: bool = False
    """Whether the baker wrote it under her own name."""


def _with(picture: str, alt: str, text: str, *, personal: bool = False) -> SampleText:
    return SampleText(text=text, picture=picture, alt=alt, personal=personal)


SPECIAL = (
    _with(
        "loaf",
        "A round loaf of bread with three cuts on a wooden board",
        "The country loaf is back. Three days of sourdough, twenty minutes of steam, and a crust "
        "you can hear from the street.",
    ),
    _with(
        "croissant",
        "A golden croissant on a blue plate",
        "Twenty-seven layers of butter and patience. Croissants are out of the oven until they are "
        "gone, which tends to be about nine.",
    ),
    _with(
        "cupcakes",
        "Three cupcakes with pink, cream and green icing",
        "Strawberry, vanilla, pistachio. Pick one. Or do not pick, we sell boxes of three. 🧁",
    ),
    _with(
        "coffee",
        "A cup of coffee with steam rising from it",
        "New beans from the roastery two doors down. First cup is on us this morning if you bring "
        "your own mug. ☕",
    ),
    _with(
        "shop",
        "The front of the bakery with a striped awning and two windows",
        "We painted the front over the weekend! Same door, same people, much less peeling. Come "
        "and tell us what you think of the colour.",
    ),
    _with(
        "wheat",
        "A field of ripe wheat under a wide blue sky",
        "This is where our flour grows: Hartmann's field, 14 km from the oven. The harvest was "
        "small this year and very good.",
    ),
    _with(
        "pretzel",
        "A brown pretzel with grains of salt",
        "Pretzel day. Lye, salt, nothing else. Two for the price of one after four.",
    ),
    _with(
        "oven",
        "A brick oven with a fire burning inside",
        "Four in the morning, 280 degrees. Somebody has to, and honestly, it is the best hour of "
        "the day.",
        personal=True,
    ),
    _with(
        "cake",
        "A layer cake with cherries on a cake stand",
        "For the café's fifth birthday: black cherry, dark chocolate, one candle per year. "
        "Slices from 2 pm, while there are any. 🎂",
    ),
    _with(
        "basket",
        "A basket with rolls under a checked cloth",
        "Picnic weather at last. Breakfast baskets for two or four: rolls, butter, jam, a little "
        "cheese. Order by six, collect from eight: cornerbakery.com/baskets",
    ),
)

_SHORT = (
    "Good morning! Doors are open.",
    "Rye is out. Still warm.",
    "Sold out of cinnamon rolls. Tomorrow at seven, we promise.",
    "Rain outside, raisin bread inside.",
    "Last four baguettes. First come, first served. 🥖",
    "Today's soup: pumpkin and ginger, with a slice of spelt bread.",
    "We close at three today for staff training. Back at six tomorrow!",
    "The till is down: cash only until about ten. Sorry!",
    "It is plum cake season. That is the post.",
    "Yes, we have gluten-free rolls on Thursdays.",
    "Fresh out of the oven: walnut bread.",
    "Poppy seed or sesame? We need to know. For reasons.",
    "Half price on everything left after five. Help us waste nothing.",
    "Thank you for 2,000 followers. There is cake at the counter.",
)
_MEDIUM = (
    (
        "Reminder: the farmers' market moved to Station Square. We are at stand 12, between "
        "the honey and the tall man with the potatoes."
    ),
    (
        "People ask why our rye takes three days. Because day one and two are where the taste "
        "comes from. The oven only finishes what time began."
    ),
    (
        "We are looking for an apprentice for the summer. Early mornings, good company, all the "
        "bread you can carry. Details: cornerbakery.com/jobs"
    ),
    (
        "Somebody left a green umbrella and a very good crossword yesterday. Both are behind the "
        "counter. We filled in 7 across, we could not help it."
    ),
    (
        "Bread baking class on the 14th: one evening, six people, flour everywhere. Two places are "
        "left. cornerbakery.com/classes"
    ),
    (
        "The school fair ordered 300 rolls and we are already counting. If you hear singing from "
        "the bakery tonight, that is why."
    ),
    (
        "Tip: do not keep bread in the fridge. A linen bag, cut side down, and it lasts three "
        "days. If it lasts three days."
    ),
    (
        "New on the board: oat and honey loaf. It started as a mistake with the milk and is now "
        "our second favourite thing."
    ),
    (
        "To the gentleman who tried to pay with a library card: it happens to all of us. Your "
        "rolls are paid for, the lady behind you insisted."
    ),
    (
        "Our delivery bike has a new basket and, after today, a new bell. Orders before eight "
        "reach the old town by ten."
    ),
    (
        "We tried a recipe from 1926 that we found in the cellar. It wants a pound of lard and 'a "
        "good mood'. We had one of the two."
    ),
    (
        "Tomorrow is baguette day at the town hall canteen. If you work there: you are welcome. "
        "If you do not: we also have them here."
    ),
    (
        "Tomorrow's special: focaccia with tomatoes from the roof. There are nine tomatoes, so "
        "there is one tray."
    ),
    (
        "Want to order for the holidays? The list is open from today, by phone, at the counter or "
        "at cornerbakery.com/orders. Stollen goes first, always."
    ),
    (
        "Quick poll for the queue: should the cinnamon rolls have raisins? We know our answer, "
        "and it is written on the shop window."
    ),
    (
        "We switched to paper from a mill in the next valley. The bags look a bit rougher and "
        "hold a bit more. So do we, on Mondays."
    ),
    (
        "If you returned a jam jar this week, thank you! 140 came back. That is 140 we do not "
        "have to buy."
    ),
    (
        "The radio came by and asked what fresh bread smells like. We talked for ten minutes and "
        "they used four seconds. Here they are: 'Like being let off.'"
    ),
)
_LONG = (
    (
        "A word about prices. Flour costs a fifth more than last year and we held out as long as "
        "we could. From Monday a country loaf is 20 cents more. Nobody here earns less for it, "
        "nothing in it gets worse. Thank you for understanding."
    ),
    (
        "How a day goes here: 2:30 the dough is weighed, 4:00 the oven is hot, 5:15 the first "
        "rolls, 6:00 the door. At 11 the second bake, at 2 we feed the sourdough, and at 3 "
        "somebody falls asleep over the order book. Then again from the start."
    ),
    (
        "Thank you to everybody who came to the open oven night! 84 people, 61 pizzas, one small "
        "fire alarm. The collection brought 412 euros for the playground on Mill Lane. We will do "
        "it again in spring, with a longer table."
    ),
    (
        "Our Ruth retires on Friday after 31 years at the counter. She knows your order, your "
        "dog's name and when your son has his exams. There is cake from ten. Come by and tell her "
        "something she does not know yet."
    ),
    (
        "Allergies, once more and in one place: every bread has its card at the counter and at "
        "cornerbakery.com/cards. Nuts are handled in the same room. If you are not sure, ask us. "
        "We would rather answer ten times than be wrong once."
    ),
)
_PERSONAL = (
    "Shaped 120 baguettes before sunrise. My hands know the way by now, my head is still in bed.",
    "The sourdough starter is eleven years old today. Older than my car, and more reliable.",
    "Test bake no. 6 of the buckwheat bread. No. 5 was a brick. This one floats.",
    "Somebody asked what I do on my day off. I bake. But slowly.",
    "Burned a tray of almond horns because I was reading. Worth it, good chapter.",
    (
        "Reading about Roman bread ovens again. They had no thermometer, they used their elbow. I "
        "tried. Do not."
    ),
    "My grandmother's plum cake, third try. It is close now. She would have said: more butter.",
    "The new apprentice asked the best question of the week: how does dough know when to stop?",
    "Notebook page of the day: less water, more rest. Applies to bread, too.",
    "Flour in my hair at the parents' evening again. At least they know who I am.",
    (
        "Four hours of rain on the roof of the bakery and one perfect batch of brioche. I will "
        "take that trade any day."
    ),
    "Found my first recipe, from when I was nine. 'Mix everything. Wait. Eat.' Still sound.",
)


def _taking_turns() -> tuple[SampleText, ...]:
    """Short, medium, personal and long ones in turns, so that no two neighbours look alike."""
    piles = [[*_SHORT], [*_MEDIUM], [*_PERSONAL], [*_LONG]]
    turns = (0, 1, 2, 1, 0, 2, 1, 3)
    found: list[SampleText] = []
    while any(piles):
        for turn in turns:
            if piles[turn]:
                text = piles[turn].pop(0)
                found.append(SampleText(text=text, personal=turn == 2))
    return tuple(found)


ROUTINE = _taking_turns()
