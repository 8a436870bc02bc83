//! What a tick tells beside its replies. What happens to draws and to what they still take is found by looking before
//! and after; what happens to money is told where it moves.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::game::{class, highest};
use super::limits::{Counted, Held};
use super::reply::narrow;
use super::{Book, Game, Model, State};

/// What an event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub enum EventKind {
    DrawState = 1,
    Sealed = 2,
    StakeReached = 3,
    StakeLifted = 4,
    PayoutReached = 5,
    PayoutLifted = 6,
    DrawStakeReached = 7,
    DrawStakeLifted = 8,
    Paid = 9,
    Refunded = 10,
    Corrected = 11,
    HoldExpired = 12,
    Commission = 13,
    Received = 14,
    Archived = 15,
}

impl EventKind {
    /// All of them.
    pub const ALL: [EventKind; 15] = [
        EventKind::DrawState,
        EventKind::Sealed,
        EventKind::StakeReached,
        EventKind::StakeLifted,
        EventKind::PayoutReached,
        EventKind::PayoutLifted,
        EventKind::DrawStakeReached,
        EventKind::DrawStakeLifted,
        EventKind::Paid,
        EventKind::Refunded,
        EventKind::Corrected,
        EventKind::HoldExpired,
        EventKind::Commission,
        EventKind::Received,
        EventKind::Archived,
    ];
}

/// An event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What it tells.
    pub kind: EventKind,
    /// The play's code, or 0.
    pub play: u8,
    /// The number, or 0.
    pub number: u16,
    /// The command's place in its tick; `None`: due work.
    pub command: Option<u32>,
    /// The account or the book.
    pub owner: u64,
    /// The ticket, hold, command or book that it is about, or 0.
    pub id: u128,
    /// What the kind says.
    pub value: i64,
    /// What the kind says.
    pub extra: i64,
}

/// Everything under which stakes are counted, with the code of the first of the plays that are counted together.
pub(super) type Cells = Rc<[(u8, Counted)]>;

/// What a draw still takes somewhere, and the least that is taken there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Left {
    /// The event that tells that too little is left, and the one that tells that enough is again.
    kinds: (EventKind, EventKind),
    play: u8,
    number: u16,
    left: i128,
    least: i128,
}

impl Left {
    fn is_short(&self) -> bool {
        self.left < self.least
    }
}

/// What a draw still took when it was last looked at.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    looks: Looks,
    left: Vec<Left>,
}

/// All that what is left follows from; while it stays as it is, nothing is reached or lifted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Looks {
    limits: BTreeMap<Held, i64>,
    blocked: BTreeSet<u16>,
    bets: usize,
    standing: usize,
}

impl Model {
    /// What the last tick told.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Tells of an account's money: what came in, or went out, and what the account has now.
    pub(super) fn tell_of(&mut self, kind: EventKind, account: u64, id: u128, amount: i128) {
        self.tell_of_bet(kind, account, id, (0, 0), amount);
    }

    /// Tells of the money of a bet, by its play and number.
    pub(super) fn tell_of_bet(
        &mut self,
        kind: EventKind,
        account: u64,
        id: u128,
        (play, number): (u8, u16),
        amount: i128,
    ) {
        let (value, extra) = (narrow(amount), narrow(self.accounts[&account].available));
        self.told.push(Event { kind, play, number, command: None, owner: account, id, value, extra });
    }

    /// Tells of a draw.
    pub(super) fn tell_of_draw(&mut self, kind: EventKind, book: u32, value: i64, extra: i64) {
        let (play, number, owner, id) = (0, 0, book.into(), 0);
        self.told.push(Event { kind, play, number, command: None, owner, id, value, extra });
    }

    /// The states of all draws, to be compared with later.
    pub(super) fn states(&self) -> BTreeMap<u32, State> {
        self.books.iter().map(|(number, book)| (*number, book.state)).collect()
    }

    /// Tells of the draws that are in another state now.
    pub(super) fn tell_of_states(&mut self, before: &BTreeMap<u32, State>) {
        for (number, was) in before {
            if let Some(state) = self.books.get(number).map(|book| book.state)
                && state != *was
            {
                self.tell_of_draw(EventKind::DrawState, *number, state as i64, 0);
            }
        }
    }

    /// Tells of what was reached and lifted since this was last asked, on draws that were undecided then and are now.
    pub(super) fn tell_of_room(&mut self) {
        let mut watched = std::mem::take(&mut self.watched);
        let undecided = self.books.iter().filter(|(_, book)| book.state.is_undecided());
        for (number, book) in undecided {
            let seen = watched.remove(number);
            if let Some(seen) = seen.as_ref().filter(|seen| book.is_as(&seen.looks)) {
                self.watched.insert(*number, seen.clone());
                continue;
            }
            let now = Watched { looks: book.looks(), left: book.left() };
            let before = seen.as_ref().map_or(&[][..], |seen| &seen.left);
            for (before, now) in before.iter().zip(&now.left) {
                assert_eq!((before.kinds, before.play, before.number), (now.kinds, now.play, now.number));
                if before.is_short() != now.is_short() {
                    self.told.push(Event {
                        kind: if now.is_short() { now.kinds.0 } else { now.kinds.1 },
                        play: now.play,
                        number: now.number,
                        command: None,
                        owner: (*number).into(),
                        id: 0,
                        value: narrow(now.left),
                        extra: 0,
                    });
                }
            }
            self.watched.insert(*number, now);
        }
    }

    /// Puts what was told in its order: that of a command, or of the due work.
    pub(super) fn end_of_telling(&mut self, command: Option<u32>) {
        let mut told = std::mem::take(&mut self.told);
        told.sort_by_key(|event| (event.kind, event.owner, event.play, event.number, event.id));
        self.events.extend(told.into_iter().map(|event| Event { command, ..event }));
    }
}

impl Book {
    fn is_as(&self, looks: &Looks) -> bool {
        looks.bets == self.bets.len()
            && looks.limits == self.limits
            && looks.blocked == self.blocked
            && looks.standing == self.standing().count()
    }

    fn looks(&self) -> Looks {
        Looks {
            limits: self.limits.clone(),
            blocked: self.blocked.clone(),
            bets: self.bets.len(),
            standing: self.standing().count(),
        }
    }

    /// What is left everywhere: by what stakes are counted under, by number, of the whole draw.
    fn left(&self) -> Vec<Left> {
        let mut stakes: BTreeMap<Counted, i128> = BTreeMap::new();
        let mut payouts: BTreeMap<u16, i128> = BTreeMap::new();
        for taken in self.standing() {
            *stakes.entry(taken.counted).or_default() += i128::from(taken.bet.stake);
            for (number, prize) in &taken.presses {
                *payouts.entry(*number).or_default() += prize;
            }
        }
        let least_stake = i128::from(self.game.stake_min);
        let of_stake = self.cells.iter().map(|(play, counted)| Left {
            kinds: (EventKind::StakeReached, EventKind::StakeLifted),
            play: *play,
            number: counted.key,
            left: self.stake_limit_of(*counted) - stakes.get(counted).copied().unwrap_or(0),
            least: least_stake,
        });
        let least_payout = self.least_payout();
        let of_payout = (0..=highest(&self.game)).map(|number| {
            let limit = self.payout_limit(number).min(self.draw_payout_limit());
            let left = limit - payouts.get(&number).copied().unwrap_or(0);
            Left {
                kinds: (EventKind::PayoutReached, EventKind::PayoutLifted),
                play: 0,
                number,
                left: if self.blocked.contains(&number) { 0 } else { left },
                least: least_payout,
            }
        });
        let of_draw = Left {
            kinds: (EventKind::DrawStakeReached, EventKind::DrawStakeLifted),
            play: 0,
            number: 0,
            left: self.draw_stake_limit() - self.stake(),
            least: least_stake,
        };
        of_stake.chain(of_payout).chain([of_draw]).collect()
    }

    /// The least that the least stake can win for a top prize; at least 1.
    fn least_payout(&self) -> i128 {
        let cells = self.game.plays.iter().flat_map(|play| &play.cells).filter(|cell| cell.tier == 1);
        let least = cells.map(|cell| self.game.prize(cell, self.game.stake_min.into())).min();
        least.unwrap_or(1).max(1)
    }
}

/// Everything under which a game's stakes are counted, with the first of the plays that are counted together: also
/// where no bet can be, for it has a limit all the same.
pub(super) fn cells_of(game: &Game) -> Cells {
    let mut firsts: Vec<(u8, Counted)> = Vec::new();
    let kind = |play| Counted { key: 0, ..Counted::of(play, 0, 0) };
    for play in &game.plays {
        if firsts.iter().all(|(_, known)| *known != kind(play)) {
            firsts.push((play.code, kind(play)));
        }
    }
    let mut cells = Vec::new();
    for (code, _) in firsts {
        let play = game.play(code).expect("a play of the game");
        for number in (0..=highest(game)).filter(|number| game.named_only(play, *number) == *number) {
            let counted = Counted::of(play, number, class(game, number));
            if counted.key == number {
                cells.push((code, counted));
            }
        }
    }
    cells.into()
}
