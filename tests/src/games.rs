//! Game tables as text, and those that operators publish, with their figures: the one place for them.
//!
//! ```text
//! 10^3 0.50..5.00 [tiers 1,2,3x10] [round up 1.00] [tax 10000.00 20%] PLAY ...
//! ```
//!
//! Symbols to the power of the positions; the least and highest stake of a line; the tier of each winning number (one of
//! tier 1 unless said); how each prize is rounded (down to 0.01 unless said); what is taxed, and how much. A play is
//! `NAME[.MATCHING][*LINES][@GROUP]=PRIZES`:
//!
//! - The matching is `exact`, `any`, `mixed` (the number itself, or another order), `tail` (the last symbols), or a
//!   pattern like `##-` that names positions. Unless said, a play whose prizes go by orders is `any`, another `exact`.
//! - Lines are a count, or `all` for as many as the number has orders. The group is the play's place unless said.
//! - Prizes are `PRIZE,...`, each `[ORDERS:]TIER;...`, each tier `LEVEL|...`, each level a ratio to the whole stake
//!   (`500`, `500/6`) or `-` for none.

use crate::model::{Cell, Game, Play};

/// Published tables by the names that the vectors give them. The figures are per unit of stake; a figure that no row
/// of the vectors and no source of theirs states is left out (`-`).
const PUBLISHED: &[(&str, &str)] = &[
    // Per P10: 4,500 straight; rambolito 750 for six orders, 1,500 for three.
    ("pcso.3d", "10^3 1.00..10000.00 straight=450 rambolito=3:150,6:75"),
    // Two numbers of 1 to 31. Per P10: 4,000 straight; rambolito 2,000.
    ("pcso.2d", "31^2 10.00..500.00 straight=400 rambolito=2:200"),
    // Minimum guaranteed amounts per P10: 10,000 for all four, 800 for the last three.
    ("pcso.4d", "10^4 10.00..500.00 match.tail=1000|80"),
    // 20% of the whole prize once that exceeds P10,000.
    ("pcso", "10^4 10.00..100000.00 tax 10000.00 20% match=1000"),
    // Per dollar: 500, a box 160 or 80, a pair 50; straight/box is half a stake on each.
    ("md.pick3", PICK_3),
    ("la.pick3", PICK_3),
    ("pa.pick3", PICK_3),
    ("wa.pick3", PICK_3),
    (
        "mo.pick3",
        "10^3 0.50..5.00 straight=600 box=3:200,6:100 straight_box.mixed*2=3:400|100,6:350|50 \
         combo.any*all=3:600/3,6:600/6 front_pair.##-=60 back_pair.-##=60",
    ),
    // A box of four orders pays 599 for 50 cents, not 600.
    (
        "tn.pick4",
        "10^4 0.50..5.00 straight=5000 box=4:1198,6:800,12:400,24:200 \
         straight_box.mixed*2=4:3099|599,6:2900|400,12:2700|200,24:2600|100",
    ),
    ("la.pick4", PICK_4),
    ("ia.pick4", PICK_4),
    // What the vectors need of these is a straight at 500; stakes as high as all that was wagered on one number.
    ("va.pick3", "10^3 0.50..50000.00 straight=500"),
    ("nc.pick3", "10^3 0.50..50000.00 straight=500"),
    // First, second, third, ten starters, ten consolations.
    (
        "sg.4d",
        "10^4 1.00..1000.00 tiers 1,2,3,4x10,5x10 \
         ordinary-big=2000;1000;490;250;60 ordinary-small=3000;2000;800 \
         ibet-big.any=4:-;-;127;62;15,6:335;168;-;41,12:166;83;-;20;6,24:83;41;20;10;3 \
         ibet-small.any=4:750;500,6:500;333,12:250;167;66,24:125 \
         system-big.any*all=4:2000/4;1000/4;490/4;250/4;60/4,6:2000/6;1000/6;490/6;250/6;60/6,\
         12:2000/12;1000/12;490/12;250/12;60/12,24:2000/24;1000/24;490/24;250/24;60/24 \
         roll-big.-###*10=200;100;49;25;6",
    ),
    // Any order is the ordinary prize by the number of orders, always rounded up to the ringgit.
    (
        "my.4d",
        "10^4 1.00..1000.00 tiers 1,2,3,4x10,5x10 round up 1.00 \
         big=2500;1000;500;180;60 small=3500;2000;1000 \
         iperm-big.any=4:2500/4;1000/4;500/4;180/4;60/4,6:2500/6;1000/6;500/6;180/6;60/6,\
         12:2500/12;1000/12;500/12;180/12;60/12,24:2500/24;1000/24;500/24;180/24;60/24 \
         iperm-small.any=4:3500/4;2000/4;1000/4,6:3500/6;2000/6;1000/6,\
         12:3500/12;2000/12;1000/12,24:3500/24;2000/24;1000/24",
    ),
    // A digit at a place, at decimal odds of 8.5; all three at 850.
    ("digit", "10^3 1.00..1000.00 number=850 place-1.#--=17/2 place-2.-#-=17/2 place-3.--#=17/2"),
];

const PICK_3: &str = "10^3 0.50..5.00 straight=500 box=3:160,6:80 straight_box.mixed*2=3:330|80,6:290|40 \
                      combo.any*all=3:500/3,6:500/6 front_pair.##-=50 back_pair.-##=50";

const PICK_4: &str = "10^4 0.50..5.00 straight=5000 box=4:1200,6:800,12:400,24:200 \
                      combo.any*all=4:5000/4,6:5000/6,12:5000/12,24:5000/24 front_pair.##--=50 back_pair.--##=50";

/// A table with the names of its plays, whose codes are their places, from 1.
#[derive(Clone, Debug)]
pub struct Named {
    /// The table.
    pub table: Game,
    /// What its plays are called.
    pub plays: Vec<String>,
}

/// A published table, if there is one of this name.
pub fn published(name: &str) -> Option<Named> {
    let (_, text) = PUBLISHED.iter().find(|(published, _)| *published == name)?;
    Some(parse(&text.split_whitespace().collect::<Vec<_>>()))
}

/// A table as it is written; see the head of this file.
///
/// # Panics
/// If it is not written so.
pub fn parse(words: &[&str]) -> Named {
    let [shape, stakes, rest @ ..] = words else {
        panic!("a game is a shape, a range of stakes and its plays: {words:?}")
    };
    let (symbols, length) = shape.split_once('^').expect("a shape is SYMBOLS^LENGTH");
    let (stake_min, stake_max) = stakes.split_once("..").expect("a range of stakes is M..M");
    let mut table =
        Game::new(whole(symbols), whole(length), (money(stake_min), money(stake_max)), Vec::new());
    let mut plays = Vec::new();
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        let mut next = || *rest.next().expect("a word follows");
        match *word {
            "tiers" => table = table.tiered(&tiers(next())),
            "round" => {
                let modes = ["down", "up", "half-up"];
                let mode = next();
                let place = modes.iter().position(|name| *name == mode);
                // A mode that does not exist is written as its number.
                table.rounding = place.map_or_else(|| whole(mode), |place| place as u8 + 1);
                table.rounding_unit = money(next());
            }
            "tax" => {
                table.tax_over = money(next());
                table.tax_ppm = whole::<u32>(next().trim_end_matches('%')) * 10_000;
            }
            text => {
                let (name, play) = play(text, plays.len() as u8);
                plays.push(name);
                table.plays.push(play);
            }
        }
    }
    Named { table, plays }
}

/// `1,2,4x10`.
fn tiers(text: &str) -> Vec<u8> {
    let tiers = text.split(',').flat_map(|tier| {
        let (tier, times) = tier.split_once('x').unwrap_or((tier, "1"));
        std::iter::repeat_n(whole(tier), whole(times))
    });
    tiers.collect()
}

fn play(text: &str, place: u8) -> (String, Play) {
    let (head, prizes) = text.split_once('=').expect("a play is NAME=PRIZES");
    let (head, group) =
        head.split_once('@').map_or((head, place.min(7)), |(head, group)| (head, whole(group)));
    let (head, lines) = match head.split_once('*') {
        Some((head, "all")) => (head, 255),
        Some((head, lines)) => (head, whole(lines)),
        None => (head, 0),
    };
    let unsaid = if prizes.contains(':') { "any" } else { "exact" };
    let (name, matching) = head.split_once('.').unwrap_or((head, unsaid));
    let (matching, positions) = match matching {
        "exact" => (1, 0),
        "any" => (2, 0),
        "mixed" => (4, 0),
        "tail" => (5, 0),
        pattern => {
            let places = pattern.chars().enumerate();
            (3, places.fold(0, |mask, (place, named)| mask | u8::from(named == '#') << place))
        }
    };
    let mut cells = Vec::new();
    for prize in prizes.split(',') {
        let (orders, tiers) = prize.split_once(':').unwrap_or(("1", prize));
        for (tier, levels) in tiers.split(';').enumerate() {
            for (level, ratio) in levels.split('|').enumerate().filter(|(_, ratio)| *ratio != "-") {
                let (numerator, denominator) = ratio.split_once('/').unwrap_or((ratio, "1"));
                cells.push(Cell {
                    orders: whole(orders),
                    tier: tier as u8 + 1,
                    level: level as u8 + 1,
                    numerator: whole(numerator),
                    denominator: whole(denominator),
                });
            }
        }
    }
    (name.to_owned(), Play { positions, group, lines, ..Play::of(place + 1, matching, cells) })
}

/// The digits of a number in the game's symbols, the first one first; `x` is a position that the play does not name. Where
/// there are more than ten symbols they are written apart: `11-24`.
///
/// # Panics
/// If it is not written so.
pub fn number(symbols: u16, text: &str) -> u16 {
    let read = |number: u16, digit: u16| number * symbols + digit;
    if text.contains('-') {
        return text.split('-').map(whole).fold(0, read);
    }
    let digits = text.chars().map(|digit| match digit {
        'x' | 'X' => 0,
        digit => digit.to_digit(10).expect("a digit") as u16,
    });
    digits.fold(0, read)
}

pub(crate) fn whole<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("a whole number, not {text:?}"))
}

/// Two decimals; `none` is no limit.
pub(crate) fn money(text: &str) -> i64 {
    if text == "none" { crate::model::NO_LIMIT } else { decimal(text, 2) as i64 }
}

pub(crate) fn decimal(text: &str, places: usize) -> i128 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(after.len() <= places, "at most {places} decimals: {text}");
    sign * whole::<i128>(&format!("{before}{after:0<places$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_as_it_is_written() {
        let words =
            "10^3 0.50..5.00 tiers 1,2x2 round up 1.00 tax 10.00 20% a=500;40 b.mixed*2@0=3:330|80;-|1/2";
        let named = parse(&words.split(' ').collect::<Vec<_>>());
        let cell = |orders, tier, level, numerator, denominator| Cell {
            orders,
            tier,
            level,
            numerator,
            denominator,
        };
        assert_eq!(named.plays, ["a", "b"]);
        let table = named.table;
        assert_eq!((table.results, &table.tiers[..4]), (3, &[1, 2, 2, 0][..]));
        assert_eq!((table.rounding, table.rounding_unit), (2, 1_00));
        assert_eq!((table.tax_over, table.tax_ppm), (10_00, 200_000));
        assert_eq!(table.plays[0], Play::of(1, 1, vec![cell(1, 1, 1, 500, 1), cell(1, 2, 1, 40, 1)]));
        let cells = vec![cell(3, 1, 1, 330, 1), cell(3, 1, 2, 80, 1), cell(3, 2, 2, 1, 2)];
        assert_eq!(table.plays[1], Play { lines: 2, ..Play::of(2, 4, cells) });
        assert_eq!(number(10, "12X"), 120);
        assert_eq!(number(31, "11-24"), 11 * 31 + 24);
    }

    #[test]
    fn the_table_of_pcso_3d_is_that_of_the_model() {
        let written = published("pcso.3d").expect("a published table").table;
        assert_eq!(written, Game::pcso_3d());
    }
}
