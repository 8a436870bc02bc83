//! Tables of real games, and what is looked up from them.

use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::command::{Body, Commands, GameDefine, PlayTable, Prize, parse};

/// What a table is turned into, or the place of what is wrong with it.
fn game(define: &GameDefine, plays: &[PlayTable]) -> Result<Game, i64> {
    let mut commands = Commands::new();
    commands.game_define(7 << 76 | 0b10 << 62, 1, define, plays);
    let command = parse(commands.as_bytes(), None).expect("a command of the right form");
    let Body::GameDefine(define, plays) = command.body else { panic!("a game") };
    GameRow::checked(1, define, plays, 0).map(|(row, prizes)| Game::new(row, &prizes))
}

fn by_orders(code: u8, matching: Matching, prizes: &[(u16, u64, u32)]) -> PlayTable {
    PlayTable::new(code, matching, Prize::by_orders(prizes))
}

fn met(game: &Game, place: usize, number: u16, level: u8) -> Vec<u16> {
    let (before, behind) = game.met_at(&game.plays()[place], number, level);
    let mut met = [before, behind].concat();
    met.sort_unstable();
    met
}

fn won(game: &Game, place: usize, number: u16, stake: i64, drawn: &[u16]) -> Option<i64> {
    game.winnings(place, number, stake, drawn).map(|(prize, _)| prize)
}

#[test]
fn pcso_3d_counts_rambolito_by_class() {
    let plays = [
        by_orders(1, Matching::Exact, &[(1, 450, 1)]),
        by_orders(2, Matching::AnyOrder, &[(3, 150, 1), (6, 75, 1)]),
    ];
    let Ok(game) = game(&GameDefine::simple(10, 3, 1_00, 500_00), &plays) else { panic!("a sound table") };
    assert_eq!(met(&game, 1, 321, 1), [123, 132, 213, 231, 312, 321]);
    assert_eq!(met(&game, 1, 121, 1), [112, 121, 211]);
    assert_eq!(met(&game, 1, 7, 1), [7, 70, 700]);
    assert_eq!(met(&game, 0, 321, 1), [321]);
    let key = |place: usize, number| game.spot(&game.plays()[place], number).key;
    assert_eq!((key(0, 321), key(1, 321)), (321, key(1, 123)));
    assert_eq!(game.cells(), 1000 + 220, "a class is one cell");
    assert!(game.prizes(&game.plays()[1], 777).is_none());
    assert_eq!(won(&game, 1, 112, 10_00, &[211]), Some(1_500_00));
    assert_eq!(won(&game, 1, 112, 10_00, &[221]), None);
}

/// Singapore Pools 4D, iBet big: prizes for 1 by the orders of the number and the category of the winning number, as
/// published (http://www.singaporepools.com.sg/en/htp/lp/Pages/4d-Prizes.aspx). They follow no formula.
#[test]
fn irregular_cells_are_data() {
    let table = [(6, 1, 335), (6, 4, 41), (12, 1, 166), (12, 2, 83), (12, 4, 20), (12, 5, 6)];
    let all = [(24, 1, 83), (24, 2, 41), (24, 3, 20), (24, 4, 10), (24, 5, 3)];
    let cells = [(4, 3, 127), (4, 4, 62), (4, 5, 15)].into_iter().chain(table).chain(all);
    let prizes = cells.map(|(orders, tier, prize)| Prize::new(orders, tier, 1, prize, 1)).collect();
    let mut define = GameDefine::simple(10, 4, 1_00, 1_000_00);
    define.results = 23;
    define.tier[..23].fill(5);
    define.tier[..13].fill(4);
    define.tier[..3].copy_from_slice(&[1, 2, 3]);
    let Ok(game) = game(&define, &[PlayTable::new(3, Matching::AnyOrder, prizes)]) else {
        panic!("a sound table")
    };
    let drawn = |hits: &[(usize, u16)]| {
        let mut drawn = vec![9999; 23];
        hits.iter().for_each(|&(place, number)| drawn[place] = number);
        drawn
    };
    let wins = |number, hits: &[(usize, u16)]| won(&game, 0, number, 1_00, &drawn(hits));
    assert_eq!(wins(1234, &[(0, 4321)]), Some(83_00));
    assert_eq!(wins(1234, &[(22, 4321)]), Some(3_00));
    assert_eq!(wins(1123, &[(1, 3211), (3, 1231), (22, 1123)]), Some((83 + 20 + 6) * 1_00));
    assert_eq!(wins(1122, &[(0, 2211), (0, 2211)]), Some(335_00));
    assert_eq!(wins(1112, &[(2, 2111), (22, 1211), (21, 1211)]), Some((127 + 15 + 15) * 1_00));
    assert_eq!(wins(1112, &[(0, 2111)]), None, "no cell, no prize");
    assert!(game.prizes(&game.plays()[0], 1111).is_none());
    assert_eq!(game.sums(), 715 * 4, "tier 1 at level 1 lies in the cell itself");
    assert_eq!(game.prizes(&game.plays()[0], 1112).map(|prizes| prizes.top().count()), Some(0));
}

#[test]
fn a_number_or_another_order_of_it() {
    let prizes = vec![
        Prize::new(3, 1, 1, 290, 1),
        Prize::new(3, 1, 2, 40, 1),
        Prize::new(6, 1, 1, 270, 1),
        Prize::new(6, 1, 2, 20, 1),
    ];
    let play = PlayTable::new(1, Matching::ExactOrAny, prizes).lines(2);
    let Ok(game) = game(&GameDefine::simple(10, 3, 50, 5_00), &[play]) else { panic!("a sound table") };
    assert_eq!(met(&game, 0, 121, 1), [121]);
    assert_eq!(met(&game, 0, 121, 2), [112, 211]);
    assert_eq!(met(&game, 0, 321, 2), [123, 132, 213, 231, 312]);
    let wins = |number, drawn| won(&game, 0, number, 1_00, &[drawn]);
    assert_eq!([wins(321, 321), wins(321, 123), wins(321, 322)], [Some(270_00), Some(20_00), None]);
    assert_eq!([wins(121, 121), wins(121, 112), wins(777, 777)], [Some(290_00), Some(40_00), None]);
    let play = &game.plays()[0];
    assert_eq!(game.lines(play, 321), 2);
    assert_eq!((play.slots.as_slice(), game.cells(), game.sums()), (&[(1, 2)][..], 1000, 1000));
    let meeting = |level| game.meeting(play, 121, level).collect::<Vec<_>>();
    assert_eq!((meeting(1), meeting(2)), (vec![121], vec![112, 211]));
}

#[test]
fn endings_count_from_the_last_position() {
    let prizes = vec![Prize::new(1, 1, 1, 1_000, 1), Prize::new(1, 1, 2, 80, 1), Prize::new(1, 1, 3, 10, 1)];
    let play = PlayTable::new(1, Matching::Trailing, prizes);
    let Ok(game) = game(&GameDefine::simple(10, 4, 1, 1_000), &[play]) else { panic!("a sound table") };
    assert_eq!(met(&game, 0, 1234, 1), [1234]);
    assert_eq!(met(&game, 0, 1234, 2), [234, 2234, 3234, 4234, 5234, 6234, 7234, 8234, 9234]);
    assert!(met(&game, 0, 1234, 3).iter().all(|met| met % 100 == 34 && met % 1000 != 234));
    assert_eq!(met(&game, 0, 1234, 3).len(), 90);
    let wins = |drawn| won(&game, 0, 1234, 10, &[drawn]);
    assert_eq!([wins(1234), wins(9234), wins(9934), wins(9994)], [Some(10_000), Some(800), Some(100), None]);
    let level = |drawn| game.level(&game.plays()[0], 1234, drawn);
    assert_eq!(
        [level(1234), level(5234), level(1134), level(1114), level(1111)].map(|at| at.unwrap_or(0)),
        [1, 2, 3, 4, 0]
    );
}

#[test]
fn named_positions_are_counted_together() {
    let front = by_orders(1, Matching::Positional, &[(1, 50, 1)]).positions(0b011);
    let back = by_orders(2, Matching::Positional, &[(1, 50, 1)]).positions(0b110);
    let also_front = by_orders(4, Matching::Positional, &[(1, 40, 1)]).positions(0b011);
    let other_group = by_orders(5, Matching::Positional, &[(1, 40, 1)]).positions(0b011).group(1);
    let plays = [front, back, also_front, other_group];
    let Ok(game) = game(&GameDefine::simple(10, 3, 1, 1_000), &plays) else { panic!("a sound table") };
    assert_eq!(met(&game, 0, 120, 1), (120..130).collect::<Vec<_>>());
    assert_eq!(met(&game, 1, 23, 1), (0..10).map(|first| first * 100 + 23).collect::<Vec<_>>());
    let named = |place: usize, number| game.named(&game.plays()[place], number);
    assert_eq!([named(0, 123), named(0, 120), named(1, 123)], [120, 120, 23]);
    assert_eq!([won(&game, 0, 120, 1, &[129]), won(&game, 0, 120, 1, &[139])], [Some(50), None]);
    let shares = |place: usize| (game.plays()[place].counts_at, game.plays()[place].shares_with);
    assert_eq!([shares(0), shares(1), shares(2), shares(3)], [(0, 0b100), (1, 0), (0, 0b001), (3, 0)]);
    assert_eq!(game.cells(), 400);
}

#[test]
fn tables_that_contradict_themselves_are_refused_at_their_place() {
    let define = GameDefine::simple(10, 3, 1, 1_000);
    let exact = || by_orders(1, Matching::Exact, &[(1, 450, 1)]);
    let refused = |define: &GameDefine, second: PlayTable| game(define, &[exact(), second]).err();
    let any = |prizes: &[(u16, u64, u32)]| by_orders(2, Matching::AnyOrder, prizes);
    assert_eq!(refused(&define, any(&[(3, 150, 1), (6, 75, 1)])), None);
    for wrong in [
        by_orders(1, Matching::AnyOrder, &[(3, 150, 1)]),
        any(&[]),
        any(&[(6, 75, 1), (3, 150, 1)]),
        any(&[(3, 150, 1), (3, 75, 1)]),
        any(&[(0, 150, 1)]),
        any(&[(3, 0, 1)]),
        any(&[(3, 1, 0)]),
        any(&[(3, 1_000_001, 1)]),
        any(&[(3, 150, 1)]).group(8),
        any(&[(3, 150, 1)]).positions(1),
        by_orders(2, Matching::Exact, &[(3, 150, 1)]),
        by_orders(2, Matching::Positional, &[(1, 150, 1)]),
        by_orders(2, Matching::Positional, &[(1, 150, 1)]).positions(0b111),
        by_orders(2, Matching::Positional, &[(1, 150, 1)]).positions(0b1001),
        PlayTable::new(2, Matching::Exact, vec![Prize::new(1, 2, 1, 1, 1)]),
        PlayTable::new(2, Matching::Exact, vec![Prize::new(1, 1, 2, 1, 1)]),
        PlayTable::new(2, Matching::Trailing, vec![Prize::new(1, 1, 4, 1, 1)]),
    ] {
        assert_eq!(refused(&define, wrong.clone()), Some(1), "{wrong:?}");
    }
    let changed = |change: fn(&mut GameDefine)| {
        let mut define = define;
        change(&mut define);
        refused(&define, any(&[]))
    };
    for change in [
        (|define| define.version = 0.into()) as fn(&mut GameDefine),
        |define| define.symbols = 101,
        |define| define.length = 5,
        |define| (define.symbols, define.length) = (22, 3),
        |define| define.results = 0,
        |define| define.results = 2,
        |define| define.tier[0] = 2,
        |define| define.tier[1] = 1,
        |define| define.rounding = 4,
        |define| define.rounding_unit = 0.into(),
        |define| define.rounding_unit = 1_000_001.into(),
        |define| define.tax_ppm = 1_000_001.into(),
        |define| define.stake_min = 1_001.into(),
    ] {
        assert_eq!(changed(change), Some(0), "the game's own fields come first");
    }
    assert_eq!(changed(|define| (define.results, define.tier[1]) = (2, 3)), Some(0), "tiers have no gaps");
}

#[test]
fn tax_is_on_the_whole() {
    let mut define = GameDefine::simple(10, 3, 1, 1_000);
    (define.tax_over, define.tax_ppm) = (10_000_00.into(), 200_000.into());
    let Ok(game) = game(&define, &[by_orders(1, Matching::Exact, &[(1, 450, 1)])]) else { panic!("sound") };
    assert_eq!(
        [10_000_00, 10_000_01, 1_000_000_000_000_000].map(|prize| game.row.tax(prize)),
        [0, 2_000_00, 200_000_000_000_000]
    );
}
