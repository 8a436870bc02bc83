//! The games of the streams: published ones, and smaller ones in which everything meets.

use crate::games::parse;
use crate::model::Game;

/// The game whose prizes are the highest there may be, on the highest stakes there may be.
pub(super) const STEEP: u64 = 4;
/// How many games there are; they are numbered from 1.
pub(super) const COUNT: u64 = TABLES.len() as u64;

const TABLES: &[&str] = &[
    // PCSO 3D.
    "10^3 1.00..10000.00 straight=450 rambolito=3:150,6:75",
    // Prizes that do not divide: a stake of 1 may pay nothing.
    "7^4 0.01..50.00 a=1000/3 b=2:335/2,6:7/3,12:1/3,24:2/7 c=1:1,4:50",
    // Four coins, and two plays of one group that share their counts.
    "2^4 0.10..500.00 straight=15 box.any@1=1:14,4:7/2,6:5/2 fours.any@1=4:3",
    // A play without a top prize presses on no number: what it wins can be more than a draw may pay.
    "3^2 0.01..10000000000.00 tiers 1,2 straight=1000000 box=2:500000 second=-;1000000",
    // Pick 3 with everything: two lines, as many lines as orders, pairs; straights and straight/boxes share counts.
    "10^3 0.50..5.00 straight@0=500 box@1=3:160,6:80 straight_box.mixed*2@0=3:330|80,6:290|40 \
     combo.any*all@1=3:500/3,6:500/6 front.##-@2=50 back.-##@2=50 last.--#*10@2=5",
    // Two symbols and three winning numbers, rounded up to a coarse unit, with tax on nearly everything.
    "2^3 0.07..30.00 tiers 1,2,2 round up 0.25 tax 5.00 20% straight=7;1/3 \
     box.mixed*3=1:6;1/2,3:5/3|2/7;1/4|1/5 ends.#-#=2;1/9 tail.tail=3|1|1/7;-|-|1/3",
    // A 4D of four tiers, rounded half up; any order by its own table, which has no top prize for four orders.
    "5^4 1.00..100.00 tiers 1,2,3,4x3 round half-up 1.00 tax 200.00 10% big=250;100;49;25/2 small=300;200;80 \
     ibet.any=4:-;-;127/3;6,6:335/7;168/7,12:166/8;83/8;-;2,24:83/8;41/8;2;1;1/2 roll.-###*5@7=50;20;49/5",
    // The last figures.
    "4^4 0.10..500.00 match.tail@3=1000|80|-|2 straight@3=1100",
    // Two numbers of 31, rounded down to five pesos.
    "31^2 10.00..500.00 round down 5.00 straight=400 rambolito=2:200",
];

pub(super) fn all() -> impl Iterator<Item = Game> {
    TABLES.iter().map(|text| parse(&text.split_whitespace().collect::<Vec<_>>()).table)
}
