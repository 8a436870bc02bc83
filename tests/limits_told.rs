//! Events of limits, against what reads show of every number before and after each command.
//!
//! Streams of everything are run one command a tick. What is left under each limit is read, not followed, so that a
//! limit that is reached or lifted in any way is seen here, whichever command did it.

use std::collections::{BTreeMap, BTreeSet};

use engine::command::LimitScope;
use engine::event::{DUE_WORK, Event, EventKind};
use engine::query::{AnswerHeader, DrawView, LimitLine, LimitsView, PageView, Query, QueryKind, RoomView};
use tests::model::{Game, Play, digits, highest};
use tests::pair::Pair;
use tests::traffic::Traffic;
use zerocopy::FromBytes;

const TICKS: u32 = 70;
/// Larger games take too long to read.
const NUMBERS_MAX: u16 = 1_000;

/// The kind that says that a limit is reached, and the one that says that it is lifted.
type Kinds = (EventKind, EventKind);
const STAKE: Kinds = (EventKind::StakeReached, EventKind::StakeLifted);
const PAYOUT: Kinds = (EventKind::PayoutReached, EventKind::PayoutLifted);
const DRAW: Kinds = (EventKind::DrawStakeReached, EventKind::DrawStakeLifted);

/// By draw, kinds, play and number: what is left, and the least of a bet.
type Left = BTreeMap<(u32, Kinds, u8, u16), (i64, i64)>;

#[test]
fn every_limit_that_is_reached_or_lifted_is_told_and_no_other() {
    let mut heard = BTreeSet::new();
    for seed in 0..8 {
        let mut traffic = Traffic::new(seed);
        let mut pair = Pair::new(traffic.rules());
        let mut before = Left::new();
        for _ in 0..TICKS {
            let (time, commands) = traffic.tick(&pair.model);
            for (later, command) in (0..).zip(&commands) {
                pair.tick(time + later, std::slice::from_ref(command));
                let after = left(&pair);
                let expected = passed(&before, &after);
                assert_eq!(told(&pair), expected, "seed {seed}, {command:?}");
                heard.extend(expected.iter().map(|event| event.kind));
                before = after;
            }
            if commands.is_empty() {
                pair.tick(time, &[]);
                assert_eq!(told(&pair), [], "seed {seed}: due work moves no limit");
                before = left(&pair);
            }
        }
    }
    assert_eq!(heard.into_iter().collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8], "every kind was heard");
}

/// The events of limits that the last tick told, of draws that are looked at.
fn told(pair: &Pair) -> Vec<Event> {
    let looked_at: BTreeSet<u64> = looked_at(pair).map(|(book, _)| book.into()).collect();
    let limits = EventKind::StakeReached as u8..=EventKind::DrawStakeLifted as u8;
    let mut events = pair.events();
    events.retain(|event| limits.contains(&event.kind) && looked_at.contains(&event.owner.get()));
    assert!(events.iter().all(|event| event.command.get() != DUE_WORK), "{events:?}");
    events
}

/// The events between two states, in order.
fn passed(before: &Left, after: &Left) -> Vec<Event> {
    let mut events = Vec::new();
    for (at, (left, least)) in after {
        let (book, (reached, lifted), play, number) = *at;
        let Some((was, _)) = before.get(at) else { continue };
        if (was < least) != (left < least) {
            let kind = if left < least { reached } else { lifted };
            events.push(Event { command: 0.into(), ..Event::limit(kind, book, play, number, *left) });
        }
    }
    events.sort_by_key(|event| (event.kind, event.owner.get(), event.play, event.number.get()));
    events
}

fn looked_at(pair: &Pair) -> impl Iterator<Item = (u32, &Game)> {
    let books = pair.model.books().filter(|(_, row)| row.state.is_undecided());
    books.map(|(book, row)| (book, &row.game)).filter(|(_, game)| highest(game) < NUMBERS_MAX)
}

/// What is left under every limit of the draws that wait for a result.
fn left(pair: &Pair) -> Left {
    let mut all = Left::new();
    for (book, game) in looked_at(pair) {
        let (defaults, overrides) = limits(pair, book);
        let moved = |scope: LimitScope, play, number| overrides.get(&(scope as u8, play, number)).copied();
        let (least, leads) = (payout_least(game), leads(game));
        for number in 0..=highest(game) {
            let room = |play: &Play| read::<RoomView>(pair, &Query::room(book, play.code, number));
            for (place, play) in game.plays.iter().enumerate() {
                let mut shared = game.plays.iter().enumerate().filter(|(_, other)| counts_with(play, other));
                if shared.clone().any(|(other, _)| other < place) || !is_least(game, play, number, &leads) {
                    continue;
                }
                let stake = shared.find_map(|(_, other)| room(other)).map_or(0, |room| room.stake.get());
                let default = defaults.stake_limit[usize::from(play.group)].get();
                let limit = moved(LimitScope::StakeOverride, play.code, number).unwrap_or(default);
                all.insert((book, STAKE, play.code, number), (limit - stake, game.stake_min));
            }
            // Where no play can be made, none of these games has a bet that meets the number.
            let payout = game.plays.iter().find_map(room).map_or(0, |room| room.payout.get());
            let limit = moved(LimitScope::PayoutOverride, 0, number).unwrap_or(defaults.payout_limit.get());
            let left = limit.min(defaults.draw_payout_limit.get()) - payout;
            let is_blocked = overrides.contains_key(&(0, 0, number));
            all.insert((book, PAYOUT, 0, number), (if is_blocked { 0 } else { left }, least));
        }
        let draw = read::<DrawView>(pair, &Query::of(QueryKind::Draw, book.into())).expect("a draw");
        let left = defaults.draw_stake_limit.get() - draw.stake.get();
        all.insert((book, DRAW, 0, 0), (left, game.stake_min));
    }
    all
}

/// Whether stakes of two plays on one number are counted together.
fn counts_with(play: &Play, other: &Play) -> bool {
    let sort = |play: &Play| (play.group, play.matching == 2, play.positions);
    sort(play) == sort(other)
}

/// Whether a number is the least of those that a play counts as one.
fn is_least(game: &Game, play: &Play, number: u16, leads: &BTreeSet<u16>) -> bool {
    match play.matching {
        2 => leads.contains(&number),
        3 => game.named_only(play, number) == number,
        _ => true,
    }
}

/// The least number of each class.
fn leads(game: &Game) -> BTreeSet<u16> {
    (0..=highest(game)).filter(|number| digits(game, *number).is_sorted()).collect()
}

/// The least that the least stake wins as a prize of tier 1, at least 1.
fn payout_least(game: &Game) -> i64 {
    let payout = |numerator: u64, denominator: u32| {
        let product = i128::from(game.stake_min) * i128::from(numerator);
        let divisor = i128::from(denominator) * i128::from(game.rounding_unit);
        let units = match game.rounding {
            1 => product / divisor,
            2 => (product + divisor - 1) / divisor,
            _ => (2 * product + divisor) / (2 * divisor),
        };
        units * i128::from(game.rounding_unit)
    };
    let top = game.plays.iter().flat_map(|play| &play.cells).filter(|cell| cell.tier == 1);
    top.map(|cell| payout(cell.numerator, cell.denominator)).min().unwrap_or(1).max(1) as i64
}

/// The defaults of a draw; and its overrides, and blocks (as scope 0), by scope, play and number.
fn limits(pair: &Pair, book: u32) -> (LimitsView, BTreeMap<(u8, u8, u16), i64>) {
    let (mut from, mut overrides) = (0, BTreeMap::new());
    loop {
        let answer = pair.read(&Query::limits(book, from));
        let (_, rest) = AnswerHeader::ref_from_prefix(&answer).expect("a header");
        let (page, rest) = PageView::ref_from_prefix(rest).expect("a page");
        let (defaults, rest) = LimitsView::read_from_prefix(rest).expect("defaults");
        for line in <[LimitLine]>::ref_from_bytes(rest).expect("lines") {
            overrides.insert((line.scope, line.play, line.number.get()), line.limit.get());
        }
        if page.more == 0 {
            return (defaults, overrides);
        }
        from = page.next.get() as u16;
    }
}

/// The view that a read shows, if it is not refused.
fn read<T: FromBytes>(pair: &Pair, query: &Query) -> Option<T> {
    let answer = pair.read(query);
    let (header, rest) = AnswerHeader::ref_from_prefix(&answer).expect("a header");
    (header.code.get() == 0).then(|| T::read_from_prefix(rest).expect("a view").0)
}
